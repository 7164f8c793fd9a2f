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
            var link = new QcvcLink(await OpenAsync(address, options.LocalAddress, both.Token));
            try
            {
                if (options.Tls == TlsMode.Implicit)
                    await link.StartTlsAsync(address.Endpoint, options.TrustedRoots, both.Token);
                await GreetAsync(link, both.Token);
                if (await WantsStlsAsync(link, options.Tls, both.Token))
                    await UpgradeAsync(link, address.Endpoint, options, both.Token);
                var connection = new QcvcConnection(link, options);
                connection.Start();
                return connection;
            }
            catch
            {
                link.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new QcvcException($"{address.Host} port {address.Port}: no answer within {options.ConnectTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw new QcvcException($"{address.Host} port {address.Port}: {(e.InnerException as SocketException ?? e).Message}", e);
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

    private static async Task GreetAsync(QcvcLink link, CancellationToken cancel)
    {
        if ((await ReadAsync(link, cancel)).Code != 100)
            throw NoServer();
    }

    /// <summary>Whether to say STLS. A server of 2002 does not know FEAT, and is taken as it is.</summary>
    private static async Task<bool> WantsStlsAsync(QcvcLink link, TlsMode mode, CancellationToken cancel)
    {
        if (mode != TlsMode.Auto || link.IsLocal)
            return mode == TlsMode.Required;
        var features = await AskAsync(link, "FEAT\r\n"u8.ToArray(), cancel);
        return features.Code == 210 && features.Text.Split(' ').Contains("STLS", StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>STLS and the handshake. The session behind it is a new one, and is not greeted again.</summary>
    private static async Task UpgradeAsync(QcvcLink link, string host, QcvcClientOptions options, CancellationToken cancel)
    {
        var reply = await AskAsync(link, "STLS\r\n"u8.ToArray(), cancel);
        if (reply.Code != 220)
            throw new QcvcException("the server does not start TLS", reply);
        await link.StartTlsAsync(host, options.TrustedRoots, cancel);
    }

    /// <summary>One command and its answer, before anybody else may say anything; news that early is nobody's.</summary>
    private static async Task<Reply> AskAsync(QcvcLink link, byte[] line, CancellationToken cancel)
    {
        await link.SendAsync(line, cancel);
        while (true)
        {
            var reply = await ReadAsync(link, cancel);
            if (reply.Code is not (>= 100 and < 200 or 203))
                return reply;
        }
    }

    private static async Task<Reply> ReadAsync(QcvcLink link, CancellationToken cancel)
    {
        while (true)
        {
            if (link.Lines.Next() is { } line)
            {
                if (!Reply.TryParse(line, out var reply))
                    throw NoServer();
                return reply.Code == 421 ? throw new QcvcException("the server is not available", reply) : reply;
            }

            if (link.Lines.Malformed > 0)
                throw NoServer();
            if (!await link.ReceiveAsync(cancel))
                throw new QcvcException("the server closed the connection before its greeting or its first answer");
        }
    }

    private static QcvcException NoServer() => new("this is no QCVC server");
}
