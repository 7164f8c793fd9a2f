using Conference.Client.Media.Rtp;

namespace Conference.Client.Media.Ffmpeg;

/// <summary>What a call sends. A null service is not sent.</summary>
public sealed record SendOptions
{
    public VideoOptions? Video { get; init; } = new();

    public AudioOptions? Audio { get; init; } = new();

    public bool IsNothing => Video is null && Audio is null;
}

/// <summary>A picture: from a file (played over and over), a camera, or made.</summary>
public sealed record VideoOptions
{
    /// <summary>A file, a camera (<c>/dev/video0</c>), or null for a test picture.</summary>
    public string? Source { get; init; }

    /// <summary>A test picture: <c>testsrc2</c>, <c>smptebars</c>, ... or <c>color</c>.</summary>
    public string Pattern { get; init; } = "testsrc2";

    /// <summary>Of the pattern <c>color</c>: a name or <c>#rrggbb</c>.</summary>
    public string Color { get; init; } = "blue";

    public int Width { get; init; } = 320;

    public int Height { get; init; } = 240;

    public int FramesPerSecond { get; init; } = 15;

    public int BitsPerSecond { get; init; } = 500_000;

    public PayloadFormat Format { get; init; } = PayloadFormat.Vp8;

    /// <summary>Who joins sees a picture after at most this long.</summary>
    public double KeyframeSeconds { get; init; } = 0.5;

    public uint Ssrc { get; init; }
}

/// <summary>A sound: from a file (played over and over), a device (<c>alsa:default</c>, <c>pulse:default</c>), or a tone.</summary>
public sealed record AudioOptions
{
    public string? Source { get; init; }

    /// <summary>Hz of the tone.</summary>
    public int Tone { get; init; } = 440;

    public int BitsPerSecond { get; init; } = 32_000;

    public uint Ssrc { get; init; }
}
