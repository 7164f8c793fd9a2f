using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Conference.Client.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Ffmpeg;

/// <summary>Takes a datagram to the server; never waits.</summary>
public delegate void DatagramSink(ReadOnlySpan<byte> datagram);

/// <summary>From ffmpeg's RTP on a local port to the server's, checked and counted on the way, and unchanged but for the numbers of a stream that was muted for a while.</summary>
public sealed class MediaSender : IAsyncDisposable
{
    private readonly Socket _local;
    private readonly DatagramSink _server;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _forwarding;
    private volatile bool _isMuted;
    private ushort _keptBack;

    public MediaSender(DatagramSink server, PayloadFormat format, uint ssrc, TimeProvider clock)
    {
        _server = server;
        _clock = clock;
        Format = format;
        Ssrc = ssrc;
        _local = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        _local.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        LocalPort = ((IPEndPoint)_local.LocalEndPoint!).Port;
        _forwarding = Task.Run(ForwardAsync);
    }

    public PayloadFormat Format { get; }

    public uint Ssrc { get; }

    /// <summary>While it is, nothing of the stream leaves this machine; the numbers of its packets go on without a gap afterwards.</summary>
    public bool IsMuted
    {
        get => _isMuted;
        set => _isMuted = value;
    }

    /// <summary>Where ffmpeg sends to.</summary>
    public int LocalPort { get; }

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Packets with the marker: of video, the frames.</summary>
    public long Marked { get; private set; }

    /// <summary>When the first packet went out; null until then.</summary>
    public DateTimeOffset? Started { get; private set; }

    /// <summary>Strangers' datagrams on the local port: neither RTP nor RTCP of this SSRC.</summary>
    public long Ignored { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _forwarding;
        _local.Dispose();
        _stop.Dispose();
    }

    private async Task ForwardAsync()
    {
        byte[] buffer = new byte[65536];
        try
        {
            while (true)
            {
                int length = await _local.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, _stop.Token);
                Forward(buffer.AsSpan(0, length));
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

    private void Forward(Span<byte> datagram)
    {
        if (RtpPacket.TryParse(datagram, out var packet) && packet.Ssrc == Ssrc)
        {
            if (_isMuted)
            {
                _keptBack++;
                return;
            }

            BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)(packet.Sequence - _keptBack));
            Started ??= _clock.GetUtcNow();
            Packets++;
            Bytes += datagram.Length;
            Marked += packet.Marker ? 1 : 0;
        }
        else if (!RtpPacket.LooksLikeRtcp(datagram) || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != Ssrc)
        {
            Ignored++;
            return;
        }

        _server(datagram);
    }
}
