using System.Reflection;
using Conference.Node.Logs;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>The process and its runtime: what it costs, and what may hold it up.</summary>
public sealed class RuntimeMetrics : IMetricsSource
{
    private readonly Counter _processor;
    private readonly Gauge _resident;
    private readonly Gauge _threads;
    private readonly Counter _pauses;
    private readonly Counter.Child[] _collections;
    private readonly Counter _allocated;
    private readonly Gauge _heap;
    private readonly Gauge _poolThreads;
    private readonly Gauge _poolQueued;
    private readonly Counter _contentions;
    private readonly Counter _logLinesDropped;

    public RuntimeMetrics(IMetricFactory metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        metrics.CreateGauge("conference_build_info", "Always 1; the release is in the label.", ["version"]).WithLabels(Version).Set(1);
        metrics.CreateGauge("conference_process_start_timestamp_seconds", "When the process started, in seconds since 1970.")
            .Set(Started.ToUnixTimeMilliseconds() / 1000.0);
        _processor = metrics.CreateCounter("conference_process_cpu_seconds_total", "Processor time of all threads, in user and kernel.");
        _resident = metrics.CreateGauge("conference_process_resident_bytes", "Memory the process holds.");
        _threads = metrics.CreateGauge("conference_process_threads", "Threads of the process, those of the pool and of the media loops included.");
        metrics.CreateGauge("conference_process_processors", "Processors the process may use.").Set(Environment.ProcessorCount);

        _pauses = metrics.CreateCounter("conference_gc_pause_seconds_total", "Time all threads stood still for the garbage collector.");
        var collections = metrics.CreateCounter(
            "conference_gc_collections_total", "Garbage collections, by the oldest generation they looked at.", ["generation"]);
        _collections = [.. Enumerable.Range(0, GC.MaxGeneration + 1).Select(g => collections.WithLabels($"{g}"))];
        _allocated = metrics.CreateCounter("conference_gc_allocated_bytes_total", "Allocated on the managed heap.");
        _heap = metrics.CreateGauge("conference_heap_bytes", "Managed heap in use, garbage not yet collected included.");

        _poolThreads = metrics.CreateGauge("conference_thread_pool_threads", "Threads of the pool.");
        _poolQueued = metrics.CreateGauge("conference_thread_pool_queued", "Work that waits for a thread of the pool.");
        _logLinesDropped = metrics.CreateCounter("conference_log_lines_dropped_total", "Log lines dropped because nobody read standard output fast enough.");
        _contentions = metrics.CreateCounter("conference_lock_contentions_total", "Times a thread waited for a lock.");
    }

    /// <summary>Of this release, without the commit it was built from.</summary>
    public static string Version { get; } =
        (typeof(RuntimeMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    /// <summary>When the process began.</summary>
    public static DateTimeOffset Started { get; } = ReadStart();

    public void Refresh()
    {
        _processor.IncTo(Environment.CpuUsage.TotalTime.TotalSeconds);
        _resident.Set(Environment.WorkingSet);
        _threads.Set(Threads());
        _pauses.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
        // The runtime counts a collection of a generation as one of every younger one too.
        long older = 0;
        for (int generation = GC.MaxGeneration; generation >= 0; generation--)
        {
            long count = GC.CollectionCount(generation);
            _collections[generation].IncTo(count - older);
            older = count;
        }

        _allocated.IncTo(GC.GetTotalAllocatedBytes(precise: false));
        _heap.Set(GC.GetTotalMemory(forceFullCollection: false));
        _poolThreads.Set(ThreadPool.ThreadCount);
        _poolQueued.Set(ThreadPool.PendingWorkItemCount);
        _logLinesDropped.IncTo(PatientConsole.Dropped);
        _contentions.IncTo(Monitor.LockContentionCount);
    }

    private static int Threads()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.Threads.Count;
    }

    private static DateTimeOffset ReadStart()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return new DateTimeOffset(self.StartTime.ToUniversalTime());
    }
}
