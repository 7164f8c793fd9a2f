using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Conference.Client.Media.Ffmpeg;

/// <summary>One running ffmpeg: started without a shell, its last messages kept, ended politely first and surely at last.</summary>
public sealed class FfmpegProcess : IAsyncDisposable
{
    private const int MaxMessages = 20;
    private const int Interrupt = 2;

    /// <summary>What ffmpeg ends with then, its files whole.</summary>
    private const int Interrupted = 255;

    private readonly Process _process;
    private readonly Queue<string> _messages = new();

    private FfmpegProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Completes when it has ended, never with an error.</summary>
    public Task Exited { get; }

    public bool HasExited => Exited.IsCompleted;

    /// <summary>It has ended by itself, and says that all was well: of a window, that somebody closed it.</summary>
    public bool IsClosed => HasExited && _process.ExitCode == 0;

    /// <summary>It has ended, and neither well nor because it was interrupted.</summary>
    public bool HasFailed => HasExited && _process.ExitCode is not (0 or Interrupted);

    /// <summary>What it said last on its error output.</summary>
    public string LastMessage
    {
        get
        {
            lock (_messages)
                return _messages.Count == 0 ? "it said nothing" : Printable.Of(_messages.Last(), 300);
        }
    }

    /// <exception cref="FfmpegMissingException">It is not there, or may not be run.</exception>
    public static FfmpegProcess Start(string ffmpeg, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(ffmpeg, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            return new FfmpegProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new FfmpegMissingException($"{ffmpeg} could not be started: {e.Message}", e);
        }
    }

    /// <summary>Waits for it to end by itself; then an interrupt, by which it still finishes its files; then the end.</summary>
    public async Task StopAsync(TimeSpan byItself, TimeSpan byInterrupt)
    {
        if (await EndsWithinAsync(byItself))
            return;
        SendInterrupt();
        if (await EndsWithinAsync(byInterrupt))
            return;
        _process.Kill(entireProcessTree: true);
        await Exited;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _process.Dispose();
    }

    private async Task<bool> EndsWithinAsync(TimeSpan time) => await Task.WhenAny(Exited, Task.Delay(time)) == Exited || HasExited;

    private void SendInterrupt()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(_process.Id, Interrupt);
            return;
        }

        try
        {
            _process.StandardInput.Write('q');
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It ended just now.
        }
    }

    private void Keep(string? message)
    {
        if (string.IsNullOrWhiteSpace(message))
            return;
        lock (_messages)
        {
            if (_messages.Count == MaxMessages)
                _messages.Dequeue();
            _messages.Enqueue(message);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
