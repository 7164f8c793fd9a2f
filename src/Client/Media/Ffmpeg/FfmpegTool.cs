namespace Conference.Client.Media.Ffmpeg;

/// <summary>Where ffmpeg is.</summary>
public static class FfmpegTool
{
    /// <param name="path">Directories as in <c>PATH</c>; null takes the environment's.</param>
    /// <returns>The whole file name.</returns>
    /// <exception cref="FfmpegMissingException">Not there.</exception>
    public static string Find(string? path = null)
    {
        string[] names = OperatingSystem.IsWindows() ? ["ffmpeg.exe"] : ["ffmpeg"];
        return (path ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(directory => names.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists) ?? throw new FfmpegMissingException();
    }
}

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
