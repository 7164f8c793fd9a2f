using System.Diagnostics;
using System.Diagnostics.Metrics;
using Conference.Actors.Persistence;

namespace Conference.Bench.Journal;

/// <summary>What one round of appending came to.</summary>
/// <param name="PerSecond">Appends acknowledged per second.</param>
/// <param name="P50">Milliseconds from asking to acknowledged.</param>
/// <param name="P99">As above.</param>
/// <param name="Group">Appends committed together, on average.</param>
internal sealed record AppendResult(double PerSecond, double P50, double P99, double Group);

internal static class Appends
{
    /// <summary>A status or a call event has about this many bytes.</summary>
    internal const int PayloadBytes = 100;

    /// <summary>So many entities, each asking for its next append when the one before is acknowledged, as actors do.</summary>
    internal static async Task<AppendResult> RunAsync(IJournal journal, int entities, TimeSpan time, int round)
    {
        long batches = 0, writes = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "conference_journal_batch_writes")
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) =>
        {
            Interlocked.Increment(ref batches);
            Interlocked.Add(ref writes, (long)value);
        });
        listener.Start();
        byte[] payload = new byte[PayloadBytes];
        Random.Shared.NextBytes(payload);
        ReadOnlyMemory<byte>[] events = [payload];
        long start = Stopwatch.GetTimestamp();
        var latencies = await Task.WhenAll(Enumerable.Range(0, entities).Select(entity => Task.Run(async () =>
        {
            var id = new PersistenceId($"bench/{round}/{entities}/{entity}");
            var taken = new List<double>();
            for (long sequenceNr = 1; Stopwatch.GetElapsedTime(start) < time; sequenceNr++)
            {
                long asked = Stopwatch.GetTimestamp();
                await journal.AppendAsync(new JournalWrite { PersistenceId = id, FirstSequenceNr = sequenceNr, Events = events });
                taken.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
            return taken;
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. latencies.SelectMany(l => l).Order()];
        return new AppendResult(all.Length / seconds, all[all.Length / 2], all[all.Length * 99 / 100], (double)writes / Math.Max(1, batches));
    }
}
