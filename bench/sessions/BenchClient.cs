using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Bench.Sessions;

/// <summary>A QCVC client that costs the bench as little as it can.</summary>
internal sealed class BenchClient(Socket socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    public static async Task<BenchClient> ConnectAsync(int port, int number)
    {
        // Every loopback address has its own ephemeral ports and its own share of the media ports.
        var from = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"127.20.{number / 250 % 250}.{1 + (number % 250)}"));
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var client = new BenchClient(socket);
        await client.ReadAsync();
        return client;
    }

    public Task SendAsync(string line) => socket.SendAsync(Encoding.ASCII.GetBytes(line + "\r\n"));

    public async Task<string> ReadAsync()
    {
        while (true)
        {
            int newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                string line = Encoding.ASCII.GetString(_buffer, _start, newline).TrimEnd('\r');
                _start += newline + 1;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            int read = await socket.ReceiveAsync(_buffer.AsMemory(_end));
            if (read == 0)
                throw new IOException("the node has closed");
            _end += read;
        }
    }

    public async Task AskAsync(string line, string expected)
    {
        await SendAsync(line);
        string reply = await ReadAsync();
        if (!reply.StartsWith(expected, StringComparison.Ordinal))
            throw new IOException($"{line}: {reply}");
    }

    public void Dispose() => socket.Dispose();
}
