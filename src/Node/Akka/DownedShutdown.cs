using System.Runtime.InteropServices;

namespace Conference.Node.Akka;

/// <summary>
/// The end of a node that was put out of its cluster: others act in its place by now. It acts no more at once, tells its clients, and the process ends
/// with exit code 3 within two seconds, so that the process manager starts it again. A node that leaves by itself does not come here: see the phases of
/// CoordinatedShutdown in <see cref="AkkaHocon"/>, and <see cref="NodeTable.DisposeAsync"/>, its last step.
/// </summary>
public sealed class DownedShutdown
{
    /// <summary>Put out of the cluster.</summary>
    public const int DownedExitCode = 3;

    private static readonly TimeSpan _farewellLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _exitLimit = TimeSpan.FromSeconds(1.8);

    private readonly TaskCompletionSource<string> _downed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActingGuard _guard;
    private readonly Func<Task> _farewell;
    private readonly Action<int> _exit;
    private readonly ILogger _log;

    /// <param name="guard">Says from then on that this node may not act.</param>
    /// <param name="farewell">Tells the clients <c>421</c>; has a second.</param>
    /// <param name="loggers">For what it says.</param>
    /// <param name="exit">Ends the process; by default in order, and by force where that does not come to an end.</param>
    public DownedShutdown(ActingGuard guard, Func<Task> farewell, ILoggerFactory loggers, Action<int>? exit = null)
    {
        (_guard, _farewell, _exit, _log) = (guard, farewell, exit ?? Exit, loggers.CreateLogger<DownedShutdown>());
    }

    /// <summary>Completes with the reason.</summary>
    public Task<string> Downed => _downed.Task;

    /// <summary>What <c>Main</c> returns, if it gets so far.</summary>
    public int ExitCode => _downed.Task.IsCompleted ? DownedExitCode : 0;

    /// <summary>This node was put out. Only the first time counts.</summary>
    internal void Down(string why)
    {
        if (!_downed.TrySetResult(why))
            return;
        _guard.End();
        ClusterLog.Downed(_log, why);
        _ = SayFarewellAsync();
    }

    private async Task SayFarewellAsync()
    {
        try
        {
            await Task.Run(_farewell).WaitAsync(_farewellLimit).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever the host threw: the end comes.
            ClusterLog.FarewellFailed(_log, e);
        }

        _exit(DownedExitCode);
    }

    private static void Exit(int code)
    {
        // Hosts wait in Environment.Exit for what they run. Not for ever.
        new Thread(() =>
        {
            Thread.Sleep(_exitLimit - _farewellLimit);
            ExitNow(code);
        }) { IsBackground = true }.Start();
        Environment.Exit(code);
    }

    private static void ExitNow(int code)
    {
        if (OperatingSystem.IsLinux())
            EndProcess(code);
        Environment.FailFast(null);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void EndProcess(int code);
}
