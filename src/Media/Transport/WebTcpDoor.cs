using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Conference.Media.Forwarding;

namespace Conference.Media.Transport;

/// <summary>
/// The same number by TCP, for browsers in networks without UDP: datagrams in frames (RFC 4571), each behind its length in two bytes. What comes in a
/// connection goes to the UDP number by a socket of its own, and back: to the loops it is a browser like any other.
/// </summary>
/// <remarks>A connection that does not keep up loses datagrams where UDP would: its socket's buffer is the queue.</remarks>
internal sealed class WebTcpDoor : IDisposable
{
    /// <summary>No browser sends longer ones.</summary>
    private const int MostBytes = 2048;

    private const int LengthBytes = 2;

    /// <summary>A browser sends a check every few seconds as long as it is there.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(30);

    private readonly Socket _listener;
    private readonly IPEndPoint _to;
    private readonly int _most;
    private readonly CancellationTokenSource _stopping = new();
    private readonly LoopCounters _counters;
    private int _open;

    /// <param name="address">What to listen on.</param>
    /// <param name="number">The number, which is that of UDP too.</param>
    /// <param name="most">Connections at a time; beyond, they are closed at once.</param>
    /// <param name="counters">Its own.</param>
    /// <exception cref="SocketException">It is somebody else's.</exception>
    public WebTcpDoor(IPAddress address, int number, int most, LoopCounters counters)
    {
        (_most, _counters) = (most, counters);
        bool isEvery = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        bool isDual = isEvery && Socket.OSSupportsIPv6;
        _to = new IPEndPoint(isEvery ? IPAddress.Loopback : address, number);
        _listener = isDual
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(new IPEndPoint(isDual ? IPAddress.IPv6Any : address, number));
            _listener.Listen();
        }
        catch (SocketException)
        {
            Dispose();
            throw;
        }
    }

    public void Start() => _ = AcceptAsync();

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                if (Interlocked.Increment(ref _open) <= _most)
                    _ = ServeAsync(connection);
                else
                    Close(connection);
            }
            catch (SocketException)
            {
                // Gone before it was accepted, or out of descriptors: others are waiting, and a pause lets some end.
                await Task.Delay(TimeSpan.FromMilliseconds(10)).ConfigureAwait(false);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Close(Socket connection)
    {
        Interlocked.Decrement(ref _open);
        connection.Dispose();
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            connection.NoDelay = true;
            using var datagrams = new Socket(_to.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            datagrams.ReceiveBufferSize = 1 << 20;
            await datagrams.ConnectAsync(_to, _stopping.Token).ConfigureAwait(false);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            Task up = UpAsync(connection, datagrams, ending);
            await Task.WhenAny(up, DownAsync(connection, datagrams, ending.Token)).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever it was has gone, or we have.
        }
        finally
        {
            Close(connection);
        }
    }

    /// <summary>Frames to datagrams. Ends with what is no frame: the first must be a check, since that is what every browser begins with.</summary>
    private async Task UpAsync(Socket connection, Socket datagrams, CancellationTokenSource ending)
    {
        byte[] buffer = new byte[16 * 1024];
        int filled = 0;
        bool isKnown = false;
        while (true)
        {
            ending.CancelAfter(_silence);
            int read = await connection.ReceiveAsync(buffer.AsMemory(filled), ending.Token).ConfigureAwait(false);
            if (read == 0)
                return;
            filled += read;
            int at = 0;
            while (filled - at >= LengthBytes)
            {
                int length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(at));
                if (length is 0 or > MostBytes)
                    return;
                if (filled - at < LengthBytes + length)
                    break;
                ReadOnlyMemory<byte> datagram = buffer.AsMemory(at + LengthBytes, length);
                if (!isKnown && datagram.Span[0] > 3)
                {
                    Interlocked.Increment(ref _counters.Drops[(int)DropReason.Stranger]);
                    return;
                }

                isKnown = true;
                await datagrams.SendAsync(datagram, ending.Token).ConfigureAwait(false);
                at += LengthBytes + length;
            }

            buffer.AsSpan(at, filled - at).CopyTo(buffer);
            filled -= at;
        }
    }

    private static async Task DownAsync(Socket connection, Socket datagrams, CancellationToken ending)
    {
        byte[] frame = new byte[LengthBytes + ushort.MaxValue];
        while (true)
        {
            int length = await datagrams.ReceiveAsync(frame.AsMemory(LengthBytes), ending).ConfigureAwait(false);
            BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
            for (int sent = 0; sent < LengthBytes + length;)
                sent += await connection.SendAsync(frame.AsMemory(sent, LengthBytes + length - sent), ending).ConfigureAwait(false);
        }
    }
}
