namespace Conference.Node.Web.Sdp;

/// <summary>A codec that rooms know, and the payload type everybody here but browsers has for it.</summary>
/// <param name="Name">As SDP calls it.</param>
/// <param name="Kind">audio or video.</param>
internal sealed record HouseCodec(string Name, string Kind, int ClockRate, byte PayloadType)
{
    public static readonly HouseCodec Vp8 = new("VP8", "video", 90_000, 96);
    public static readonly HouseCodec H264 = new("H264", "video", 90_000, 102);
    public static readonly HouseCodec Opus = new("opus", "audio", 48_000, 111);

    /// <summary>Of pictures, best first: every browser has both, and VP8 in layers.</summary>
    public static IReadOnlyList<HouseCodec> All { get; } = [Vp8, H264, Opus];

    /// <summary>The one of the offered codecs that comes nearest; null where none is.</summary>
    public OfferedCodec? Choose(OfferedLine line) =>
        line.Codecs.Where(c => c.Is(Name, ClockRate) && Fits(c)).OrderByDescending(Suits).FirstOrDefault();

    // H.264 that cuts pictures into packets as big as it likes (mode 0) loses them.
    private bool Fits(OfferedCodec codec) => this != H264 || codec.Parameter("packetization-mode") == "1";

    /// <summary>Of the profiles of H.264 the one that everybody has is the constrained baseline; then the baseline.</summary>
    private int Suits(OfferedCodec codec) => this != H264 ? 0 : (codec.Parameter("profile-level-id") ?? "").ToLowerInvariant() switch
    {
        var profile when profile.StartsWith("42e0", StringComparison.Ordinal) => 2,
        var profile when profile.StartsWith("42", StringComparison.Ordinal) => 1,
        _ => 0,
    };
}
