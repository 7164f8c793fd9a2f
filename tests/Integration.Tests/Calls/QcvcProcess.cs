using System.Diagnostics;

namespace Conference.Integration.Tests.Calls;

/// <summary>The <c>qcvc</c> command as a user runs it.</summary>
internal sealed class QcvcProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    private QcvcProcess(Process process) => (_process, _error) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>One that is spoken with.</summary>
    public static QcvcProcess Start(params string[] arguments) => new(Process.Start(new ProcessStartInfo("dotnet", [RepositoryPaths.Client, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    })!);

    /// <summary>The next line that it prints.</summary>
    public async Task<string> ReadAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new IOException($"qcvc has ended: {await _error}");
    }

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Types no more, and waits for its end.</summary>
    public Task<(int ExitCode, string Error)> EndInputAsync()
    {
        _process.StandardInput.Close();
        return EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<(int ExitCode, string Error)> EndAsync()
    {
        using var limit = new CancellationTokenSource(_patience);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <returns>What it printed on standard output, once it has ended with exit code 0.</returns>
    public static async Task<string> RunAsync(TimeSpan limit, params string[] arguments)
    {
        var (exitCode, output, error) = await TryRunAsync(limit, arguments);
        Assert.True(exitCode == 0, $"qcvc {string.Join(' ', arguments)}: exit code {exitCode}\n{output}\n{error}");
        return output;
    }

    public static Task<(int ExitCode, string Output, string Error)> TryRunAsync(TimeSpan limit, params string[] arguments) =>
        RunProgramAsync(limit, "dotnet", [RepositoryPaths.Client, .. arguments]);

    public static async Task<(int ExitCode, string Output, string Error)> RunProgramAsync(TimeSpan limit, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var cancel = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(cancel.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }

        return (process.ExitCode, await output, await error);
    }
}
