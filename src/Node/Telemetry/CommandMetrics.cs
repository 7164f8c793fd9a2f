using System.Diagnostics.Metrics;
using Conference.Protocol.Commands;

namespace Conference.Node.Telemetry;

/// <summary>What clients asked, and how fast they were answered.</summary>
public sealed class CommandMetrics
{
    private static readonly string[] _verbs = [.. Enum.GetValues<Verb>().Select(v => v.ToString().ToUpperInvariant())];

    private readonly Counter<long> _commands;
    private readonly Histogram<double> _latency;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _unaskedDropped;
    private readonly Counter<long> _slowReaders;

    public CommandMetrics(Meter meter)
    {
        _commands = meter.CreateCounter<long>("conference_commands", description: "Commands answered, by verb and reply code (0: SEND's silence).");
        _latency = meter.CreateHistogram(
            "conference_command_seconds", unit: null, description: "Time from a command's line to its answer.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _refused = meter.CreateCounter<long>("conference_connections_refused", description: "TCP connections answered 421 at once.");
        _unaskedDropped = meter.CreateCounter<long>("conference_lines_dropped", description: "Chat and event lines dropped because the client did not read.");
        _slowReaders = meter.CreateCounter<long>("conference_slow_readers_closed", description: "Connections closed because the client read nothing for too long.");
    }

    public void Answered(Verb verb, int code, TimeSpan after)
    {
        var label = new KeyValuePair<string, object?>("verb", _verbs[(int)verb]);
        _commands.Add(1, label, new KeyValuePair<string, object?>("code", code));
        _latency.Record(after.TotalSeconds, label);
    }

    public void Refused() => _refused.Add(1);

    public void UnaskedDropped() => _unaskedDropped.Add(1);

    public void SlowReaderClosed() => _slowReaders.Add(1);
}
