using System.Net;
using System.Net.Sockets;
using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Recording;

/// <summary>
/// One source on its way into a file. Until somebody listens at the other end its packets wait here, at most <see cref="MaxBytes"/>;
/// then they go out in order, ahead of everything newer. Of one codec: when its sender takes another, there is another track. Thread-safe.
/// </summary>
internal sealed class RecordedTrack(RtpSource source, PayloadFormat format, long firstArrival) : IDisposable
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Packets per turn of the flush: what a receive buffer surely holds.</summary>
    private const int Batch = 32;

    private readonly Lock _lock = new();
    private readonly Queue<(long Arrival, byte[] Datagram)> _waiting = new();
    private Socket? _socket;
    private int _waitingBytes;
    private bool _live;
    private bool _isOver;
    private TrackTimeline? _timeline;

    public RtpSource Source => source;

    public PayloadFormat Format => format;

    public long FirstArrival { get; } = firstArrival;

    public long LastArrival { get; private set; }

    /// <summary>Packets handed to the file's writer.</summary>
    public long Written { get; private set; }

    /// <summary>Packets for which there was no place.</summary>
    public long Dropped { get; private set; }

    public void Add(ReadOnlySpan<byte> datagram, long arrival)
    {
        lock (_lock)
        {
            if (!_isOver)
                LastArrival = arrival;
            if (_live)
                Send(datagram);
            else if (_isOver || _waitingBytes + datagram.Length > MaxBytes)
                Dropped++;
            else
            {
                _waiting.Enqueue((arrival, datagram.ToArray()));
                _waitingBytes += datagram.Length;
            }
        }
    }

    /// <summary>Drops what came before <paramref name="begin"/>, save the last one, without which nobody could be probed for.</summary>
    public void DropBefore(long begin)
    {
        lock (_lock)
        {
            while (_waiting.Count > 1 && _waiting.Peek().Arrival < begin)
                Dequeue();
        }
    }

    /// <summary>Its first packet by both clocks.</summary>
    /// <param name="seconds">Of an arrival.</param>
    public TrackStart Start(Func<long, double> seconds)
    {
        lock (_lock)
        {
            uint timestamp = _waiting.TryPeek(out var first) && RtpPacket.TryParse(first.Datagram, out var packet) ? packet.Timestamp : 0;
            return new TrackStart(timestamp, format.ClockRate, seconds(FirstArrival), source.Time?.At(timestamp, format.ClockRate));
        }
    }

    /// <summary>From now on it says where in the file its packets lie.</summary>
    public void Place(uint start, double? sentAtStart)
    {
        lock (_lock)
            _timeline = new TrackTimeline(source.Ssrc, format.ClockRate, start, sentAtStart);
    }

    /// <summary>Sends the first packet, or before it where it lies, and sees whether anybody was there: on loopback a closed port answers at once.</summary>
    public bool Probe(int port)
    {
        Span<byte> report = stackalloc byte[SenderInfo.ReportLength];
        lock (_lock)
        {
            if (!_waiting.TryPeek(out var first))
                return false;
            _socket ??= Connect(port);
            _ = _socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error);
            _socket.Send(_timeline is null ? first.Datagram : report[.._timeline.WriteFirst(report)], SocketFlags.None, out var error);
            bool refused = error != SocketError.Success
                || (int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0;
            if (refused)
                return false;
            if (_timeline is null)
            {
                Written++;
                Dequeue();
            }

            return true;
        }
    }

    /// <returns>False while packets still wait.</returns>
    public bool FlushSome()
    {
        lock (_lock)
        {
            for (int i = 0; i < Batch && _waiting.Count > 0; i++)
                Send(Dequeue());
            return _live = _waiting.Count == 0;
        }
    }

    /// <summary>The stream's end, for a reader that waits for more.</summary>
    public void SendGoodbye()
    {
        Span<byte> control = stackalloc byte[16];
        int length = RtcpWriter.WriteReceiverReport(control, source.Ssrc, []);
        RtcpWriter.WriteGoodbye(control[length..], source.Ssrc);
        lock (_lock)
            _socket?.Send(control, SocketFlags.None, out _);
    }

    /// <summary>Back to waiting: the reader failed, another one comes.</summary>
    public void Detach()
    {
        lock (_lock)
        {
            _live = false;
            _socket?.Dispose();
            _socket = null;
        }
    }

    /// <summary>What still comes is dropped.</summary>
    public void Dispose()
    {
        Detach();
        lock (_lock)
        {
            Dropped += _waiting.Count;
            (_isOver, _waitingBytes) = (true, 0);
            _waiting.Clear();
        }
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        if (_timeline is not null && RtpPacket.TryParse(datagram, out var packet))
        {
            Span<byte> report = stackalloc byte[SenderInfo.ReportLength];
            if (_timeline.WriteDue(packet.Timestamp, source.Time, report) is > 0 and int length)
                _socket!.Send(report[..length], SocketFlags.None, out _);
        }

        _socket!.Send(datagram, SocketFlags.None, out var error);
        if (error == SocketError.Success)
            Written++;
        else
            Dropped++;
    }

    private byte[] Dequeue()
    {
        var (_, datagram) = _waiting.Dequeue();
        _waitingBytes -= datagram.Length;
        return datagram;
    }
}
