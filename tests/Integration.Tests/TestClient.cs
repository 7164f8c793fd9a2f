using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests;

/// <summary>A QCVC client as bare as telnet with a UDP socket beside it: what it sends and receives is exactly what a test says.</summary>
public sealed class TestClient : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _tcp;
    private readonly StreamReader _reader;
    private readonly List<Socket> _media = [];

    private readonly IPAddress _server;

    private TestClient(Socket tcp, IPAddress server)
    {
        _tcp = tcp;
        _server = server;
        _reader = new StreamReader(new NetworkStream(tcp), new UTF8Encoding(false));
    }

    public IPAddress Address => ((IPEndPoint)_tcp.LocalEndPoint!).Address;

    /// <summary>Where the node is reached.</summary>
    public IPAddress Server => _server;

    public Socket Tcp => _tcp;

    /// <summary>Connects and takes the greeting.</summary>
    public static async Task<TestClient> ConnectAsync(NodeProcess node, string from = "127.0.0.1")
    {
        var client = await ConnectSilentlyAsync(node, from);
        Assert.Equal("100 QCVC/1.0", await client.ReadAsync());
        return client;
    }

    public static async Task<TestClient> ConnectSilentlyAsync(NodeProcess node, string from = "127.0.0.1")
    {
        var address = IPAddress.Parse(from);
        var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var server = address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : node.Address;
        // A node in a network of its own is not reached from loopback.
        if (IPAddress.IsLoopback(server))
            tcp.Bind(new IPEndPoint(address, 0));
        using var limit = new CancellationTokenSource(Limit);
        await tcp.ConnectAsync(server, node.Port, limit.Token);
        return new TestClient(tcp, server);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        for (int sent = 0; sent < bytes.Length;)
            sent += await _tcp.SendAsync(bytes.AsMemory(sent), limit.Token);
    }

    /// <summary>One line, or null where the node has closed.</summary>
    public async Task<string?> ReadAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return await _reader.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("the node said nothing");
        }
        catch (IOException)
        {
            return null;
        }
    }

    public async Task<string> AskAsync(string line)
    {
        await SendAsync(line + "\r\n");
        return await ReadAsync() ?? throw new IOException("the node has closed");
    }

    public async Task ExpectAsync(string line, string reply) => Assert.Equal(reply, await AskAsync(line));

    /// <summary>CONN, and a UDP socket of this client's address connected to the port it was given.</summary>
    public async Task<Socket> ConnAsync(string service, string target)
    {
        string reply = await AskAsync($"CONN {service} {target}");
        Assert.StartsWith($"303 {service} ", reply, StringComparison.Ordinal);
        int port = int.Parse(reply[(reply.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        var udp = new Socket(Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        udp.Bind(new IPEndPoint(Address, 0));
        udp.Connect(_server, port);
        _media.Add(udp);
        return udp;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var udp in _media)
            udp.Dispose();
        _reader.Dispose();
        _tcp.Dispose();
        await Task.CompletedTask;
    }
}

internal static class UdpExtensions
{
    public static void Say(this Socket socket, string text) => socket.Send(Encoding.UTF8.GetBytes(text));

    /// <summary>The next datagram that is not one of <see cref="LatchAsync"/>'s.</summary>
    public static async Task<string> HearAsync(this Socket socket)
    {
        byte[] buffer = new byte[65536];
        using var limit = new CancellationTokenSource(TestClient.Limit);
        string heard;
        do
        {
            int size = await socket.ReceiveAsync(buffer, limit.Token);
            heard = Encoding.UTF8.GetString(buffer, 0, size);
        }
        while (heard == "latch");
        return heard;
    }

    /// <summary>
    /// Latches both and proves that what the first says the second hears; afterwards both hear each other.
    /// UDP may lose what is sent before the other end is latched, so it is said until heard.
    /// </summary>
    public static async Task LatchAsync(this Socket socket, params Socket[] others)
    {
        foreach (var other in others)
            other.Send(Array.Empty<byte>());
        foreach (var other in others)
        {
            while (true)
            {
                socket.Say("latch");
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                try
                {
                    await other.ReceiveAsync(new byte[65536], soon.Token);
                    break;
                }
                catch (OperationCanceledException)
                {
                    other.Send(Array.Empty<byte>());
                }
            }
        }
    }
}
