using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Operations;

/// <summary>One who watches the event stream, as bare as a socket.</summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private string _text = "";

    private EventReader(Socket socket) => _socket = socket;

    /// <param name="node">Where.</param>
    /// <param name="token">Null says none.</param>
    /// <param name="receiveBuffer">What the kernel takes for it while it does not read; 0 leaves that to the kernel.</param>
    public static async Task<EventReader> OpenAsync(NodeProcess node, string? token, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(new IPEndPoint(node.HttpAddress, node.HttpPort)).WaitAsync(_limit);
        string authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/events HTTP/1.1\r\nHost: {node.HttpAddress}:{node.HttpPort}\r\n{authorization}\r\n"));
        return new EventReader(socket);
    }

    /// <summary>Reads on until this has been said, and returns everything up to its end; null where the node closes before.</summary>
    public async Task<string?> UntilAsync(string said)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (true)
        {
            int at = _text.IndexOf(said, StringComparison.Ordinal);
            if (at >= 0)
            {
                string read = _text[..(at + said.Length)];
                _text = _text[(at + said.Length)..];
                return read;
            }

            int bytes;
            try
            {
                bytes = await _socket.ReceiveAsync(_buffer, limit.Token);
            }
            catch (SocketException)
            {
                return null;
            }

            if (bytes == 0)
                return null;
            _text += Encoding.UTF8.GetString(_buffer, 0, bytes);
        }
    }

    public void Dispose() => _socket.Dispose();
}
