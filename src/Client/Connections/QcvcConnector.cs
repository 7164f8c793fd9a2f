using System.Net;
using System.Net.Sockets;
using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>From an address to a greeted connection, within one time limit.</summary>
internal static class QcvcConnector
{
    public static async Task<QcvcConnection> ConnectAsync(QcvcAddress address, QcvcClientOptions options, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            var socket = await OpenAsync(address, options.LocalAddress, both.Token);
            try
            {
                var lines = new LineBuffer();
                await GreetAsync(socket, lines, both.Token);
                var connection = new QcvcConnection(socket, lines, options);
                connection.Start();
                return connection;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new QcvcException($"{address.Host} port {address.Port}: no answer within {options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
        catch (SocketException e)
        {
            throw new QcvcException($"{address.Host} port {address.Port}: {e.Message}", e);
        }
    }

    private static async Task<Socket> OpenAsync(QcvcAddress address, IPAddress? local, CancellationToken cancel)
    {
        var candidates = await Dns.GetHostAddressesAsync(address.Endpoint, local?.AddressFamily ?? AddressFamily.Unspecified, cancel);
        SocketException? last = null;
        foreach (var candidate in candidates)
        {
            var socket = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                if (local is not null)
                    socket.Bind(new IPEndPoint(local, 0));
                await socket.ConnectAsync(new IPEndPoint(candidate, address.Port), cancel);
                return socket;
            }
            catch (SocketException e)
            {
                last = e;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static async Task GreetAsync(Socket socket, LineBuffer lines, CancellationToken cancel)
    {
        while (true)
        {
            if (lines.Next() is { } line)
            {
                if (Reply.TryParse(line, out var reply) && reply.Code == 100)
                    return;
                throw reply?.Code == 421 ? new QcvcException("the server is not available", reply) : new QcvcException("this is no QCVC server");
            }

            int count = lines.Malformed > 0 ? 0 : await socket.ReceiveAsync(lines.Free, SocketFlags.None, cancel);
            if (count == 0)
                throw new QcvcException(lines.Malformed > 0 ? "this is no QCVC server" : "the server closed the connection before its greeting");
            lines.Advance(count);
        }
    }
}
