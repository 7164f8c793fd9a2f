using Conference.Protocol;
using Conference.Protocol.Rtp;

namespace Conference.Client.Media.Rtp;

/// <summary>One SSRC heard on one port.</summary>
public sealed class RtpSource
{
    private long _bytesAtTick;

    internal RtpSource(uint ssrc, Service service, byte payloadType, long firstArrival)
    {
        Ssrc = ssrc;
        Service = service;
        PayloadType = payloadType;
        Format = PayloadFormat.Of(payloadType);
        Statistics = new RtpStatistics(Format?.ClockRate ?? 90_000);
        LastArrival = firstArrival;
    }

    public uint Ssrc { get; }

    public Service Service { get; }

    /// <summary>Of the first packet.</summary>
    public byte PayloadType { get; }

    /// <summary>Null when the payload type says nothing.</summary>
    public PayloadFormat? Format { get; }

    public RtpStatistics Statistics { get; }

    /// <summary>Who it is, once a source description said so.</summary>
    public SourceDescription? Description { get; internal set; }

    public bool IsGone { get; internal set; }

    public long LastArrival { get; internal set; }

    /// <summary>kbit/s over the last whole second.</summary>
    public double KilobitsPerSecond { get; private set; }

    /// <summary>The name before the host, or <c>?1a2b3c4d</c>.</summary>
    public string Member => Description is { } known ? NameOf(known.Cname) : $"?{Ssrc:x8}";

    internal void Tick(double seconds)
    {
        KilobitsPerSecond = (Statistics.Bytes - _bytesAtTick) * 8 / 1000.0 / seconds;
        _bytesAtTick = Statistics.Bytes;
        Statistics.Tick();
    }

    private static string NameOf(string cname)
    {
        int at = cname.LastIndexOf('@');
        return at > 0 ? cname[..at] : cname;
    }
}
