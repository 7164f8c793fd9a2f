using Conference.Client.Media.Ffmpeg;

namespace Conference.Client.Media.Playing;

/// <summary>Which player there is.</summary>
internal static class PlayerTool
{
    private const string GStreamer = "gst-launch-1.0";

    private static readonly string[] _displays = ["DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"];

    /// <param name="path">Directories as in <c>PATH</c>; null takes the environment's.</param>
    /// <returns>The whole file name of ffplay, or else of GStreamer's.</returns>
    /// <exception cref="FfmpegMissingException">There is neither.</exception>
    public static string Find(string? path = null) =>
        FfmpegTool.TryFind("ffplay", path) ?? FfmpegTool.TryFind(GStreamer, path) ?? throw new FfmpegMissingException(
            "--play needs a player: install ffplay (Debian: apt install ffmpeg) or gst-launch-1.0 (apt install gstreamer1.0-tools gstreamer1.0-plugins-good gstreamer1.0-libav)");

    public static bool IsGStreamer(string player) => Path.GetFileNameWithoutExtension(player) is "gst-launch-1.0" or "gst-launch-1";

    /// <summary>Whether a window could open; SDL can be told to do without.</summary>
    public static bool HasDisplay(Func<string, string?> environment) =>
        !OperatingSystem.IsLinux() || _displays.Any(v => !string.IsNullOrEmpty(environment(v)));
}
