using System.ComponentModel;
using System.Diagnostics;

namespace Conference.Deploy.Tests.Support;

/// <summary>A program the tests need. One that is not there fails the test that needs it, and says so.</summary>
internal static class Tool
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    /// <returns>What it said and how it ended; both outputs together.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            using var limit = new CancellationTokenSource(_limit);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await error);
        }
        catch (Win32Exception)
        {
            Assert.Fail($"{program} is needed for this test (see ./test)");
            throw;
        }
    }
}
