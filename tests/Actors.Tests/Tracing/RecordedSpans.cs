using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Actors.Tracing;

namespace Conference.Actors.Tests.Tracing;

/// <summary>Listens in this process: nobody else's actors may run meanwhile.</summary>
[CollectionDefinition(nameof(RecordedSpans), DisableParallelization = true)]
public sealed class RecordedSpans : IDisposable
{
    private readonly ActivitySource _outside = new("outside");
    private readonly ActivityListener _listener;
    private readonly ConcurrentQueue<Activity> _ended = [];

    public RecordedSpans(ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == _outside || source.Name == ActorTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>In the order they ended.</summary>
    public IReadOnlyList<Activity> Ended => [.. _ended];

    public Activity this[string name] => Assert.Single(_ended, s => s.OperationName == name);

    /// <summary>A span of somebody who asks, current until it is disposed of.</summary>
    public Activity Begin(string name = "root") => _outside.StartActivity(name)!;

    public void Dispose()
    {
        _listener.Dispose();
        _outside.Dispose();
    }
}
