using System.Buffers.Binary;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Media;

/// <summary>A camera at 30 frames a second that does what PLIs ask: one encoder for each of its layers.</summary>
internal sealed class CameraSender : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly (uint Ssrc, LiveVp8 Encoder, Vp8Packets Packets)[] _layers;
    private readonly bool[] _wanted;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private readonly Task _listening;
    private int _requests;

    /// <param name="socket">Connected to the sender's media port.</param>
    /// <param name="layered">With temporal layers.</param>
    /// <param name="layers">SSRCs and kbit/s.</param>
    public CameraSender(Socket socket, bool layered, params (uint Ssrc, int Kilobits)[] layers)
    {
        _socket = socket;
        _layers = [.. layers.Select(l => (l.Ssrc, new LiveVp8(l.Kilobits, layered), new Vp8Packets(l.Ssrc)))];
        _wanted = new bool[layers.Length];
        _listening = Task.Run(ListenAsync);
        _sending = Task.Run(SendAsync);
    }

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Frames sent so far; a frame's RTP timestamp is 3,000 times its number.</summary>
    public int Frames { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        await _listening;
        foreach (var layer in _layers)
            layer.Encoder.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / 30.0));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                for (int i = 0; i < _layers.Length; i++)
                {
                    bool keyframe = Interlocked.Exchange(ref _wanted[i], false);
                    foreach (byte[] packet in _layers[i].Packets.Of(_layers[i].Encoder.Next(keyframe), (uint)(Frames * 3000)))
                        _socket.Send(packet);
                }

                Frames++;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ListenAsync()
    {
        byte[] buffer = new byte[2048];
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(buffer, _stop.Token);
                // RR and PLI, as the server sends them.
                if (length != 20 || buffer[9] != 206 || (buffer[8] & 31) != 1)
                    continue;
                uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(16));
                int layer = Array.FindIndex(_layers, l => l.Ssrc == ssrc);
                Interlocked.Increment(ref _requests);
                if (layer >= 0)
                    Volatile.Write(ref _wanted[layer], true);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
