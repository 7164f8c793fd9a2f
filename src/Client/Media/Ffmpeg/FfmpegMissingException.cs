namespace Conference.Client.Media.Ffmpeg;

/// <summary>The one sentence for a machine without ffmpeg.</summary>
public sealed class FfmpegMissingException : Exception
{
    public FfmpegMissingException()
        : base("ffmpeg is needed for pictures and sound: install it (Debian: apt install ffmpeg), "
            + "or join with --no-video --no-audio and without --record")
    {
    }

    public FfmpegMissingException(string message)
        : base(message)
    {
    }

    public FfmpegMissingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
