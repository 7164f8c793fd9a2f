using System.Net;
using System.Security.Cryptography;
using Conference.Client.Connections;
using Conference.Client.Media;
using Conference.Client.Media.Ffmpeg;
using Conference.Client.Media.Recording;
using Conference.Client.Media.Rtp;
using Conference.Protocol;

namespace Conference.Client.Calls;

/// <summary>A call's media of one service: its port, who is heard on it, and what is sent through it.</summary>
internal sealed class CallMedia : IAsyncDisposable
{
    private readonly MediaPort _port;
    private readonly Recorder? _recorder;
    private readonly SourceDescription _self;
    private readonly byte[] _control = new byte[RtcpWriter.MaxBytes];
    private readonly ReportBlock[] _blocks = new ReportBlock[RtcpWriter.MaxBlocks];

    private CallMedia(
        QcvcClient client, Service service, int port, SourceDescription self, PayloadFormat? sends, Recorder? recorder, TimeProvider clock)
    {
        _self = self;
        _recorder = recorder;
        Sources = new RtpSourceTable(service, clock);
        _port = MediaPort.Open(service, client.LocalAddress, new IPEndPoint(client.RemoteAddress, port), Receive, clock);
        if (sends is not null)
            Sender = new MediaSender(_port, sends, self.Ssrc, clock);
    }

    public Service Service => _port.Service;

    public RtpSourceTable Sources { get; }

    /// <summary>Null when this service is only listened to.</summary>
    public MediaSender? Sender { get; }

    /// <summary>CONN, and the port with it; <paramref name="who"/> gets an SSRC of its own.</summary>
    public static async Task<CallMedia> ConnectAsync(
        QcvcClient client, CallOptions options, Service service, PayloadFormat? sends, SourceDescription who, Recorder? recorder, CancellationToken cancel)
    {
        int port = await client.ConnAsync(service, options.Room.Target, cancel);
        return new CallMedia(client, service, port, who with { Ssrc = RandomSsrc() }, sends, recorder, options.Clock);
    }

    /// <summary>Says who this is, and how the others are received.</summary>
    public void SendControl(bool goodbye = false)
    {
        // Who only listens has no source to describe; its reports still help the senders.
        int blocks = Sources.WriteReports(_blocks);
        if (Sender is null && blocks == 0)
            return;
        int length = RtcpWriter.Write(_control, _self, _blocks.AsSpan(0, blocks), goodbye);
        _port.Send(_control.AsSpan(0, length));
    }

    public SentStream? Sent => Sender is { } s
        ? new SentStream(Service.ToString(), Hex(s.Ssrc), s.Format.Codec, s.Packets, s.Bytes, s.Marked, _port.SendFailures, s.Started)
        : null;

    public IReadOnlyList<ReceivedStream> Received() => Sources.Read(source =>
    {
        var s = source.Statistics;
        return new ReceivedStream(
            source.Member, source.Service.ToString(), Hex(source.Ssrc), source.Format?.Codec ?? $"type {source.PayloadType}",
            Math.Round(source.KilobitsPerSecond, 1), s.Packets, s.Bytes, s.Marked, s.Lost, Math.Round(100 * s.LostShare, 3),
            s.Duplicates, s.Reordered, Math.Round(s.JitterMilliseconds, 3), source.IsGone);
    });

    public async ValueTask DisposeAsync()
    {
        if (Sender is not null)
            await Sender.DisposeAsync();
        await _port.DisposeAsync();
    }

    private void Receive(MediaPort port, ReadOnlySpan<byte> datagram, long timestamp)
    {
        if (Sources.Add(datagram, timestamp) is { } source)
            _recorder?.Add(source, datagram, timestamp);
    }

    private static uint RandomSsrc()
    {
        uint ssrc = 0;
        while (ssrc == 0)
            ssrc = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));
        return ssrc;
    }

    private static string Hex(uint ssrc) => $"{ssrc:x8}";
}
