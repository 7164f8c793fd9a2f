using System.Diagnostics.Metrics;
using System.Reflection;

namespace Conference.Node.Telemetry;

/// <summary>The process and its runtime: what it costs, and what may hold it up.</summary>
public sealed class RuntimeMetrics
{
    public RuntimeMetrics(Meter meter)
    {
        meter.CreateObservableGauge(
            "conference_build_info", () => new Measurement<int>(1, new KeyValuePair<string, object?>("version", Version)), description: "Always 1; the release is in the label.");
        double started = new DateTimeOffset(StartTime()).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("conference_process_start_timestamp_seconds", () => started, description: "When the process started, in seconds since 1970.");
        meter.CreateObservableCounter("conference_process_cpu_seconds", () => Environment.CpuUsage.TotalTime.TotalSeconds, description: "Processor time of all threads, in user and kernel.");
        meter.CreateObservableGauge("conference_process_resident_bytes", () => Environment.WorkingSet, description: "Memory the process holds.");
        meter.CreateObservableGauge("conference_process_threads", Threads, description: "Threads of the process, those of the pool and of the media loops included.");
        meter.CreateObservableGauge("conference_process_processors", () => Environment.ProcessorCount, description: "Processors the process may use.");

        meter.CreateObservableCounter("conference_gc_pause_seconds", () => GC.GetTotalPauseDuration().TotalSeconds, description: "Time all threads stood still for the garbage collector.");
        meter.CreateObservableCounter("conference_gc_collections", Collections, description: "Garbage collections, by the oldest generation they looked at.");
        meter.CreateObservableCounter("conference_gc_allocated_bytes", () => GC.GetTotalAllocatedBytes(precise: false), description: "Allocated on the managed heap.");
        meter.CreateObservableGauge("conference_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false), description: "Managed heap in use, garbage not yet collected included.");

        meter.CreateObservableGauge("conference_thread_pool_threads", () => ThreadPool.ThreadCount, description: "Threads of the pool.");
        meter.CreateObservableGauge("conference_thread_pool_queued", () => ThreadPool.PendingWorkItemCount, description: "Work that waits for a thread of the pool.");
        meter.CreateObservableCounter("conference_lock_contentions", () => Monitor.LockContentionCount, description: "Times a thread waited for a lock.");
    }

    /// <summary>Of this release, without the commit it was built from.</summary>
    public static string Version { get; } =
        (typeof(RuntimeMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];

    private static IEnumerable<Measurement<long>> Collections()
    {
        // The runtime counts a collection of a generation as one of every younger one too.
        long older = 0;
        for (int generation = GC.MaxGeneration; generation >= 0; generation--)
        {
            long count = GC.CollectionCount(generation);
            yield return new Measurement<long>(count - older, new KeyValuePair<string, object?>("generation", generation));
            older = count;
        }
    }

    private static int Threads()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.Threads.Count;
    }

    private static DateTime StartTime()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        return self.StartTime.ToUniversalTime();
    }
}
