using System.Diagnostics;
using System.Globalization;

namespace Conference.Integration.Tests;

/// <summary>A program in a real terminal, a tmux of its own: what somebody at it sees, and their keys.</summary>
public sealed class Terminal : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _socket = $"conference-test-{Guid.NewGuid():N}";

    private Terminal()
    {
    }

    /// <summary>Starts <paramref name="command"/>, a line for a shell, which then says <c>exit code N</c> and stays.</summary>
    public static async Task<Terminal> StartAsync(int width, int height, string command)
    {
        var terminal = new Terminal();
        await terminal.TmuxAsync(
            "-f", "/dev/null", "new-session", "-d", "-x", Text(width), "-y", Text(height), $"{command}; echo exit code $?; exec cat > /dev/null");
        return terminal;
    }

    /// <summary>The lines that are seen, without the space at their ends.</summary>
    public async Task<string[]> CaptureAsync() => Lines(await TmuxAsync("capture-pane", "-p"));

    /// <summary>The same, with what has gone out at the top.</summary>
    public async Task<string[]> CaptureAllAsync() => Lines(await TmuxAsync("capture-pane", "-p", "-S", "-"));

    /// <summary>Waits until what is seen is as it should be.</summary>
    /// <returns>What is seen.</returns>
    public async Task<string[]> WaitAsync(Func<string[], bool> isAsExpected, bool all = false)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            var lines = all ? await CaptureAllAsync() : await CaptureAsync();
            if (isAsExpected(lines))
                return lines;
            if (Stopwatch.GetElapsedTime(start) > _limit)
                Assert.Fail($"this is not seen on the terminal:\n{string.Join('\n', lines)}");
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Waits until a line contains <paramref name="text"/>.</summary>
    public Task<string[]> WaitAsync(string text) => WaitAsync(lines => lines.Any(l => l.Contains(text, StringComparison.Ordinal)));

    /// <summary>Types <paramref name="text"/> as it stands.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", text);

    /// <summary>A key by tmux's name for it: <c>Enter</c>, <c>C-c</c>.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", key);

    public Task ResizeAsync(int width, int height) => TmuxAsync("resize-window", "-x", Text(width), "-y", Text(height));

    public async ValueTask DisposeAsync() => await TmuxAsync("kill-server");

    private static string[] Lines(string text) => [.. text.TrimEnd('\n').Split('\n').Select(l => l.TrimEnd())];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux", ["-u", "-L", _socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"tmux {string.Join(' ', arguments)}: {await error}");
        return await output;
    }
}
