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

    /// <summary>Of the first packet, or of the first one since its sender has taken another codec.</summary>
    public byte PayloadType { get; private set; }

    /// <summary>Null when the payload type says nothing.</summary>
    public PayloadFormat? Format { get; private set; }

    public RtpStatistics Statistics { get; }

    /// <summary>Who it is, once a source description said so.</summary>
    public SourceDescription? Description { get; internal set; }

    /// <summary>Whose it is, once the server said so.</summary>
    public SourceOwner? Owner { get; internal set; }

    /// <summary>Its last sender report; null before one has come.</summary>
    public SenderTime? Time { get; internal set; }

    public bool IsGone { get; internal set; }

    public long LastArrival { get; internal set; }

    /// <summary>kbit/s over the last whole second.</summary>
    public double KilobitsPerSecond { get; private set; }

    /// <summary>The name the server says, or that of its description before the host, or <c>?1a2b3c4d</c>.</summary>
    public string Member => Owner is { } owner ? owner.Name : Description is { } known ? NameOf(known.Cname) : $"?{Ssrc:x8}";

    internal void Tick(double seconds)
    {
        KilobitsPerSecond = (Statistics.Bytes - _bytesAtTick) * 8 / 1000.0 / seconds;
        _bytesAtTick = Statistics.Bytes;
        Statistics.Tick();
    }

    /// <summary>Another known codec, of a picture or of sound as before. What only accompanies it (retransmissions, tones) changes nothing.</summary>
    internal void Take(byte payloadType)
    {
        if (payloadType != PayloadType && PayloadFormat.Of(payloadType) is { } format && (Format is null || Format.Service == format.Service))
            (PayloadType, Format) = (payloadType, format);
    }

    private static string NameOf(string cname)
    {
        int at = cname.LastIndexOf('@');
        return at > 0 ? cname[..at] : cname;
    }
}
