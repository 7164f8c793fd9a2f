using System.Diagnostics;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>A <c>qcvc record</c> that is under way.</summary>
internal sealed class RunningRecorder : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    private RunningRecorder(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_lock)
                _lines.Add(line.Data ?? "");
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What it has said so far of what it does.</summary>
    public string Heard
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    public static RunningRecorder Start(NodeProcess node, string room, string directory, params string[] more) => new(Process.Start(new ProcessStartInfo(
        "dotnet", [RepositoryPaths.Client, "record", $"{room}@127.0.0.1:{node.Port}", "--to", directory, .. more])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    public async Task HeardAsync(string text, TimeSpan limit)
    {
        using var over = new CancellationTokenSource(limit);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!Heard.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_process.HasExited, Heard);
            await timer.WaitForNextTickAsync(over.Token);
        }
    }

    /// <summary>As a service manager does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<(int ExitCode, string Output)> EndedAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().WaitAsync(limit);
        return (_process.ExitCode, await _output);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
