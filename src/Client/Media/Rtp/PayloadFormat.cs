using Conference.Protocol;

namespace Conference.Client.Media.Rtp;

/// <summary>The payload types qcvc sends and understands. QCVC negotiates none, so the numbers are fixed.</summary>
public sealed record PayloadFormat(byte PayloadType, Service Service, string Codec, int ClockRate, int Channels)
{
    public static PayloadFormat Vp8 { get; } = new(96, Service.Video, "VP8", 90_000, 0);

    public static PayloadFormat H264 { get; } = new(102, Service.Video, "H264", 90_000, 0);

    public static PayloadFormat Opus { get; } = new(111, Service.Audio, "opus", 48_000, 2);

    // RFC 3551's static ones, which phones send.
    public static PayloadFormat Pcmu { get; } = new(0, Service.Audio, "PCMU", 8_000, 1);

    public static PayloadFormat Pcma { get; } = new(8, Service.Audio, "PCMA", 8_000, 1);

    /// <returns>Null for a payload type nothing is known of.</returns>
    public static PayloadFormat? Of(byte payloadType) => payloadType switch
    {
        96 => Vp8,
        102 => H264,
        111 => Opus,
        0 => Pcmu,
        8 => Pcma,
        _ => null,
    };
}
