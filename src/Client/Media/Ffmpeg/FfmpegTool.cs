namespace Conference.Client.Media.Ffmpeg;

/// <summary>Where ffmpeg is.</summary>
public static class FfmpegTool
{
    /// <param name="path">Directories as in <c>PATH</c>; null takes the environment's.</param>
    /// <returns>The whole file name.</returns>
    /// <exception cref="FfmpegMissingException">Not there.</exception>
    public static string Find(string? path = null) => TryFind("ffmpeg", path) ?? throw new FfmpegMissingException();

    /// <param name="program">Without an ending.</param>
    /// <param name="path">As for <see cref="Find"/>.</param>
    internal static string? TryFind(string program, string? path) =>
        (path ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? program + ".exe" : program))
            .FirstOrDefault(File.Exists);
}

/// <summary>The one sentence for a machine without ffmpeg, or without a player.</summary>
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
