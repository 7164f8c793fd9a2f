using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Node.Tracing;

namespace Conference.Node.Tests.Tracing;

/// <summary>Listens to this process's node spans: no other test may make some meanwhile.</summary>
[CollectionDefinition(nameof(TracedHere), DisableParallelization = true)]
public sealed class TracedHere : IDisposable
{
    private readonly ActivityListener _listener;

    public TracedHere(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == NodeTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = Ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public ConcurrentQueue<Activity> Ended { get; } = [];

    public void Dispose() => _listener.Dispose();
}
