using System.Net;
using System.Security.Cryptography;
using Conference.Client.Connections;
using Conference.Client.Media;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Calls;

/// <summary>
/// A call's media of one service: who is heard, what is sent, and the port both go through, which is another one after every move to
/// another server. The streams go on over all of them.
/// </summary>
internal sealed class CallMedia : IAsyncDisposable
{
    private static readonly TimeSpan _askEvery = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<Recorder> _recorders;
    private SourceDescription _self;
    private readonly TimeProvider _clock;
    private readonly byte[] _control = new byte[RtcpWriter.MaxBytes];
    private readonly ReportBlock[] _blocks = new ReportBlock[RtcpWriter.MaxBlocks];

    // The sources are one thread's at a time, and for a moment two ports bring something.
    private readonly Lock _receiving = new();
    private volatile MediaPort? _port;
    private long _formerFailures;
    private readonly Dictionary<uint, Asked> _asked = [];
    private long _bytesAtTick;
    private double _kilobitsPerSecond;

    /// <param name="service">Which.</param>
    /// <param name="sends">In what format; null to listen only.</param>
    /// <param name="who">This client; it gets an SSRC of its own.</param>
    /// <param name="recorders">Where what arrives is written or shown.</param>
    /// <param name="clock">Of the call.</param>
    public CallMedia(Service service, PayloadFormat? sends, SourceDescription who, IReadOnlyList<Recorder> recorders, TimeProvider clock)
    {
        Service = service;
        _self = who with { Ssrc = RandomSsrc() };
        _recorders = recorders;
        _clock = clock;
        Sources = new RtpSourceTable(service, clock);
        if (sends is not null)
            Sender = new MediaSender(Send, sends, _self.Ssrc, clock);
    }

    public Service Service { get; }

    public RtpSourceTable Sources { get; }

    /// <summary>Null when this service is only listened to.</summary>
    public MediaSender? Sender { get; }

    /// <summary>Who sends: <c>name@host</c>.</summary>
    public string Cname
    {
        set => _self = _self with { Cname = value };
    }

    /// <summary>What moves its port; null where nothing does.</summary>
    public byte[]? Token
    {
        set
        {
            if (_port is { } port)
                port.Token = value;
        }
    }

    /// <summary>From now on through this port of this server.</summary>
    /// <param name="token">What moves it; null where nothing does.</param>
    public async Task SwitchToAsync(QcvcClient client, int port, byte[]? token)
    {
        var before = _port;
        _port = MediaPort.Open(Service, client.LocalAddress, new IPEndPoint(client.RemoteAddress, port), Receive, _clock);
        _port.Token = token;
        if (before is null)
            return;
        await before.DisposeAsync();
        _formerFailures += before.SendFailures;
    }

    /// <summary>Says who this is, and how the others are received.</summary>
    public void SendControl(bool goodbye = false)
    {
        // Who only listens has no source to describe; its reports still help the senders.
        int blocks = Sources.WriteReports(_blocks);
        if (Sender is null && blocks == 0)
            return;
        int length = RtcpWriter.WriteCompound(_control, _self, _blocks.AsSpan(0, blocks), goodbye);
        Send(_control.AsSpan(0, length));
    }

    /// <summary>
    /// Asks the senders of pictures for a whole one: of one that is new, twice, as the first question may be lost; and of one that has lost something since.
    /// At most once a second for each.
    /// </summary>
    public void AskForKeyframes()
    {
        var pictures = Sources.Read(s => (s.Ssrc, s.Statistics.Lost, IsPicture: s is { IsGone: false, Format: { } format } && format.Service == Service.Video))
            .Where(s => s.IsPicture).ToList();
        foreach (uint gone in _asked.Keys.Except(pictures.Select(p => p.Ssrc)).ToList())
            _asked.Remove(gone);
        Span<byte> question = stackalloc byte[RtcpWriter.PictureLossBytes];
        foreach (var (ssrc, lost, _) in pictures)
        {
            var last = _asked.GetValueOrDefault(ssrc);
            bool isDue = last.Times < 2 || lost > last.Lost;
            if (!isDue || (last.Times > 0 && _clock.GetElapsedTime(last.At) < _askEvery))
                continue;
            _asked[ssrc] = new Asked(last.Times + 1, lost, _clock.GetTimestamp());
            Send(question[..RtcpWriter.WritePictureLoss(question, _self.Ssrc, ssrc)]);
        }
    }

    /// <summary>Once a second: bit rates and recent loss.</summary>
    public void Tick(double seconds)
    {
        Sources.Tick(seconds);
        long bytes = Sender?.Bytes ?? 0;
        _kilobitsPerSecond = (bytes - _bytesAtTick) * 8 / 1000.0 / seconds;
        _bytesAtTick = bytes;
    }

    public SentStream? Sent => Sender is { } s
        ? new SentStream(Service.ToString(), Hex(s.Ssrc), s.Format.Codec, Math.Round(_kilobitsPerSecond, 1), s.Packets, s.Bytes, s.Marked, _formerFailures + (_port?.SendFailures ?? 0), s.Started)
        : null;

    public IReadOnlyList<ReceivedStream> Received() => Sources.Read(source =>
    {
        var s = source.Statistics;
        return new ReceivedStream(
            source.Member, source.Service.ToString(), Hex(source.Ssrc), source.Format?.Codec ?? $"type {source.PayloadType}",
            Math.Round(source.KilobitsPerSecond, 1), s.Packets, s.Bytes, s.Marked, s.Lost, Math.Round(100 * s.LostShare, 3), Math.Round(100 * s.RecentLossShare, 3),
            s.Duplicates, s.Reordered, Math.Round(s.JitterMilliseconds, 3), source.IsGone);
    });

    public async ValueTask DisposeAsync()
    {
        if (Sender is not null)
            await Sender.DisposeAsync();
        if (_port is { } port)
            await port.DisposeAsync();
    }

    private void Send(ReadOnlySpan<byte> datagram) => _port?.Send(datagram);

    private void Receive(MediaPort port, ReadOnlySpan<byte> datagram, long timestamp)
    {
        lock (_receiving)
        {
            if (Sources.Add(datagram, timestamp) is not { } source)
                return;
            foreach (var recorder in _recorders)
                recorder.Add(source, datagram, timestamp);
        }
    }

    private static uint RandomSsrc()
    {
        uint ssrc = 0;
        while (ssrc == 0)
            ssrc = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        return ssrc;
    }

    private static string Hex(uint ssrc) => $"{ssrc:x8}";

    /// <summary>For a whole picture.</summary>
    /// <param name="Times">How often.</param>
    /// <param name="Lost">Packets lost by then.</param>
    /// <param name="At">When last.</param>
    private readonly record struct Asked(int Times, long Lost, long At);
}
