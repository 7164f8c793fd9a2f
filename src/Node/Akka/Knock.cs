using System.ComponentModel;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

internal enum KnockAnswer
{
    /// <summary>A node of our cluster answers: it proved so.</summary>
    Node,

    /// <summary>Somebody answers who is no node of ours.</summary>
    Stranger,

    /// <summary>The port is refused: nobody listens there.</summary>
    Refused,

    /// <summary>No answer in time, or no way there.</summary>
    Silent,
}

/// <summary>Looks who listens at a node's port.</summary>
internal static class Knock
{
    /// <summary>Somebody listens there or not. Says nothing to whoever does.</summary>
    public static async Task<KnockAnswer> AtPortAsync(NodeEndpoint endpoint, TimeSpan limit)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        return await ConnectAsync(socket, endpoint, limit).ConfigureAwait(false) is { } failed ? failed : KnockAnswer.Stranger;
    }

    /// <summary>The same, and who it is.</summary>
    public static async Task<KnockAnswer> AtNodeAsync(NodeEndpoint endpoint, NodeCredentials credentials, TimeSpan limit)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (await ConnectAsync(socket, endpoint, limit).ConfigureAwait(false) is { } failed)
            return failed;
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await using var tls = new SslStream(new NetworkStream(socket));
            await tls.AuthenticateAsClientAsync(credentials.ForDialer(), deadline.Token).ConfigureAwait(false);
            return KnockAnswer.Node;
        }
        catch (OperationCanceledException)
        {
            return KnockAnswer.Silent;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or Win32Exception)
        {
            return KnockAnswer.Stranger;
        }
    }

    private static async Task<KnockAnswer?> ConnectAsync(Socket socket, NodeEndpoint endpoint, TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            // Goes without a trace: a reset, no connection that waits for its end.
            socket.LingerState = new LingerOption(true, 0);
            await socket.ConnectAsync(endpoint.Host.Trim('[', ']'), endpoint.Port, deadline.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return KnockAnswer.Refused;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return KnockAnswer.Silent;
        }
    }
}
