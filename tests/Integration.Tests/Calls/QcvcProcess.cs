using System.Diagnostics;

namespace Conference.Integration.Tests.Calls;

/// <summary>The <c>qcvc</c> command as a user runs it.</summary>
internal static class QcvcProcess
{
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
