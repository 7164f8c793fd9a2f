using System.Buffers.Binary;
using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Rtp;

/// <summary>
/// The sources heard on one port, at most <see cref="MaxSources"/>: beyond, those gone or silent longest make room. Thread-safe;
/// a <see cref="RtpSource"/>'s figures are read under the same lock through <see cref="Read{T}"/>.
/// </summary>
public sealed class RtpSourceTable(Service service, TimeProvider clock)
{
    public const int MaxSources = 1024;

    /// <summary>Against hostile lengths: of one datagram no more are taken.</summary>
    private const int MaxNamed = 64;

    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, RtpSource> _sources = [];
    private readonly Dictionary<uint, SourceDescription> _early = [];
    private readonly Dictionary<uint, SenderTime> _earlyTimes = [];

    /// <summary>Datagrams that were neither RTP nor RTCP, or came from more sources than there is place for.</summary>
    public long Ignored { get; private set; }

    /// <returns>The source of an RTP packet; null for RTCP, which is taken in, and for anything else.</returns>
    public RtpSource? Add(ReadOnlySpan<byte> datagram, long timestamp)
    {
        lock (_lock)
        {
            if (RtpPacket.LooksLikeRtcp(datagram))
            {
                AddControl(datagram);
                return null;
            }

            if (!RtpPacket.TryParse(datagram, out var packet) || Find(packet, timestamp) is not { } source)
            {
                Ignored++;
                return null;
            }

            source.LastArrival = timestamp;
            source.IsGone = false;
            source.Take(packet.PayloadType);
            source.Statistics.Add(packet, datagram.Length, (double)timestamp / clock.TimestampFrequency);
            return source;
        }
    }

    /// <summary>Once a second: bit rates and recent loss.</summary>
    public void Tick(double seconds)
    {
        lock (_lock)
        {
            foreach (var source in _sources.Values)
                source.Tick(seconds);
        }
    }

    /// <summary>The server has said whose sources are.</summary>
    /// <param name="find">Null for those that it did not name: what it said before holds.</param>
    public void Own(Func<uint, SourceOwner?> find)
    {
        lock (_lock)
        {
            foreach (var source in _sources.Values)
                source.Owner = find(source.Ssrc) ?? source.Owner;
        }
    }

    public IReadOnlyList<T> Read<T>(Func<RtpSource, T> read)
    {
        lock (_lock)
            return [.. _sources.Values.Select(read)];
    }

    /// <summary>Reception so far of the sources still heard, for a receiver report.</summary>
    public int WriteReports(Span<ReportBlock> blocks)
    {
        int count = 0;
        lock (_lock)
        {
            foreach (var source in _sources.Values.Where(s => !s.IsGone && clock.GetElapsedTime(s.LastArrival) < _silence).Take(blocks.Length))
            {
                var s = source.Statistics;
                blocks[count++] = new ReportBlock(source.Ssrc, s.TakeFractionLost(), s.Lost, s.ExtendedHighest, (uint)s.Jitter);
            }
        }

        return count;
    }

    private RtpSource? Find(in RtpPacket packet, long timestamp)
    {
        if (_sources.TryGetValue(packet.Ssrc, out var source))
            return source;
        if (_sources.Count >= MaxSources)
        {
            var oldest = _sources.Values.MinBy(s => s.IsGone ? long.MinValue : s.LastArrival)!;
            if (!oldest.IsGone && clock.GetElapsedTime(oldest.LastArrival, timestamp) < _silence)
                return null;
            _sources.Remove(oldest.Ssrc);
        }

        source = new RtpSource(packet.Ssrc, service, packet.PayloadType, timestamp);
        if (_early.Remove(packet.Ssrc, out var description))
            source.Description = description;
        if (_earlyTimes.Remove(packet.Ssrc, out var time))
            source.Time = time;
        _sources.Add(packet.Ssrc, source);
        return source;
    }

    /// <summary>What a compound says counts as far as it goes.</summary>
    private void AddControl(ReadOnlySpan<byte> datagram)
    {
        int left = MaxNamed;
        foreach (var packet in new RtcpCompound(datagram))
        {
            var bytes = datagram.Slice(packet.Offset, packet.Length);
            if (packet.Type == RtcpType.SourceDescription)
            {
                for (var chunks = new SdesChunks(bytes); chunks.MoveNext() && left > 0; left--)
                {
                    if (SourceDescription.TryRead(chunks, out var said))
                        Describe(said with { Cname = Printable.Of(said.Cname), Session = Printable.Of(said.Session) });
                }
            }
            else if (packet.Type == RtcpType.SenderReport && packet.Length >= SenderInfo.ReportLength)
                Report(BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]), SenderInfo.Read(bytes));
            else if (packet.Type == RtcpType.Bye)
            {
                for (int at = 4; at <= 4 * packet.Count && at < bytes.Length && left > 0; at += 4, left--)
                    Leave(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]));
            }
        }
    }

    private void Report(uint ssrc, SenderInfo said)
    {
        if (said.Ntp == 0)
            return;
        var time = new SenderTime(said.Ntp / (double)(1UL << 32), said.Timestamp);
        if (_sources.TryGetValue(ssrc, out var source))
            source.Time = time;
        else
            AddEarly(_earlyTimes, ssrc, time);
    }

    private void Describe(SourceDescription description)
    {
        if (!_sources.TryGetValue(description.Ssrc, out var source))
            AddEarly(_early, description.Ssrc, description);
        // A description without a session must not take the session away.
        else if (description.Session.Length > 0 || source.Description is null || source.Description.Value.Cname != description.Cname)
            source.Description = description;
    }

    private void Leave(uint ssrc)
    {
        _early.Remove(ssrc);
        _earlyTimes.Remove(ssrc);
        if (_sources.TryGetValue(ssrc, out var source))
            source.IsGone = true;
    }

    /// <summary>Who begins to send says so before the first packet.</summary>
    private static void AddEarly<T>(Dictionary<uint, T> early, uint ssrc, T said)
    {
        if (early.Count >= MaxSources)
            early.Clear();
        early[ssrc] = said;
    }
}
