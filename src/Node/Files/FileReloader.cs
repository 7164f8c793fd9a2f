namespace Conference.Node.Files;

/// <summary>Looks at every <see cref="IReloading"/> once a second, away from whoever uses it.</summary>
public sealed class FileReloader(IEnumerable<IReloading> files) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var all = files.ToArray();
        if (all.Length == 0)
            return;
        using var timer = new PeriodicTimer(_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var file in all)
                    file.Refresh();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }
}
