using System.Threading.Channels;
using Conference.Actors.Calls;
using Conference.Node.Metrics;
using Conference.Node.Store;

namespace Conference.Node.Audit;

/// <summary>
/// Where operators' acts are written down: in the log at once, then in the store, in their order. What cannot be stored waits until it can; an act is not
/// refused for it, since a drain must be possible while the store is away.
/// </summary>
public sealed class AuditTrail(ConferenceStore store, AuditMetrics metrics, ILoggerFactory loggers) : BackgroundService
{
    /// <summary>That wait for the store at the most.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>How long an operator's answer waits for its entry to be stored, so that he finds it in the next list.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(MostWaiting);
    private readonly ILogger _log = loggers.CreateLogger(AuditLog.Category);

    /// <summary>Written to the log when this returns, and to the store where that is there.</summary>
    public async Task RecordAsync(AuditEntry entry)
    {
        AuditLog.Acted(_log, entry);
        var waiting = new Waiting(entry, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!_waiting.Writer.TryWrite(waiting))
        {
            Lose(entry);
            return;
        }

        metrics.Waiting(+1);
        await Task.WhenAny(waiting.Stored.Task, Task.Delay(_patience));
    }

    /// <exception cref="FormatException"><see cref="AuditQuery.After"/> is no cursor.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task<AuditPage> QueryAsync(AuditQuery query, CancellationToken cancellationToken = default) => AuditTable.QueryAsync(store, query, cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
        // One more try each: the store outlives this.
        while (_waiting.Reader.TryRead(out var waiting))
        {
            if (!await TryStoreAsync(waiting))
                Lose(waiting.Entry);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            // Taken off once it is stored: until then it is among those that StopAsync sees to.
            while (_waiting.Reader.TryPeek(out var waiting))
            {
                for (bool isFirst = true; !await TryStoreAsync(waiting); isFirst = false)
                {
                    if (isFirst)
                        AuditLog.Waiting(_log);
                    await Task.Delay(_pause, stoppingToken);
                }

                _waiting.Reader.TryRead(out _);
            }
        }
    }

    private async Task<bool> TryStoreAsync(Waiting waiting)
    {
        try
        {
            await AuditTable.StoreAsync(store, waiting.Entry, CancellationToken.None);
            metrics.Stored();
            waiting.Stored.TrySetResult();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private void Lose(AuditEntry entry)
    {
        metrics.Lost();
        AuditLog.Lost(_log, entry.Id);
    }

    private sealed record Waiting(AuditEntry Entry, TaskCompletionSource Stored);
}
