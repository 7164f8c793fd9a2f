using System.Globalization;
using System.Runtime.InteropServices;

namespace Conference.Node.Draining;

/// <summary>
/// Ends the process on a signal: first the node drains, while there is somebody to go on with, then it stops; what the host allows for
/// stopping does not run before. Who asks a second time waits for nobody. SIGHUP, which a terminal sends that is closed, is one of them: certificates and keys
/// are read again by themselves, and other settings only at start.
/// </summary>
internal sealed class DrainingLifetime(Drain drain, NodeHost node, IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private static readonly PosixSignal[] _signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _asked;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in _signals.Where(s => s != PosixSignal.SIGHUP || !IgnoresHangUp()))
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(r => r.Dispose());

    /// <summary>Started by <c>nohup</c>: it is to live on when its terminal is closed.</summary>
    private static bool IgnoresHangUp()
    {
        const string Ignored = "SigIgn:";
        if (!OperatingSystem.IsLinux())
            return false;
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(Ignored, StringComparison.Ordinal));
        // A bit for each signal, the lowest for SIGHUP.
        return (ulong.Parse(line.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1) != 0;
    }

    private void Handle(PosixSignalContext signal)
    {
        // The process ends when it has stopped, not now.
        signal.Cancel = true;
        if (Interlocked.Increment(ref _asked) == 1)
            _ = Task.Run(EndAsync);
        else if (drain.IsGoingOn)
            drain.Begin(TimeSpan.Zero);
    }

    private async Task EndAsync()
    {
        try
        {
            if (node.IsOpen && drain.HasOthers)
            {
                drain.Begin(null);
                await drain.WaitAsync();
                if (Volatile.Read(ref _asked) == 1)
                    await drain.HandOverAsync();
            }
        }
        finally
        {
            application.StopApplication();
        }
    }
}
