using System.Diagnostics.Metrics;
using Conference.Protocol.Commands;

namespace Conference.Node.Telemetry;

/// <summary>What clients asked, and how fast they were answered.</summary>
public sealed class CommandMetrics
{
    private static readonly string[] _verbs = [.. Enum.GetValues<Verb>().Select(v => v.ToString().ToUpperInvariant())];

    private readonly Counter<long> _commands;
    private readonly Histogram<double> _latency;
    private readonly UpDownCounter<long> _inFlight;
    private readonly UpDownCounter<long> _unsent;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _unaskedDropped;
    private readonly Counter<long> _slowReaders;

    /// <param name="meter">Where they are counted.</param>
    /// <param name="maxSessions"><c>Qcvc:MaxSessions</c></param>
    public CommandMetrics(Meter meter, int maxSessions)
    {
        meter.CreateObservableGauge("conference_sessions_limit", () => maxSessions, description: "Sessions this node takes (Qcvc:MaxSessions).");
        _inFlight = meter.CreateUpDownCounter<long>("conference_commands_in_flight", description: "Commands read and not yet answered; a session has 32 at most.");
        _unsent = meter.CreateUpDownCounter<long>("conference_session_unsent_bytes", description: "Lines that wait for clients to read; of a session's, 256 KiB of what it did not ask for at most.");
        _commands = meter.CreateCounter<long>("conference_commands", description: "Commands answered, by verb and reply code (0: SEND's silence).");
        _latency = meter.CreateHistogram(
            "conference_command_seconds", unit: null, description: "Time from a command's line to its answer.", tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5] });
        _refused = meter.CreateCounter<long>("conference_connections_refused", description: "TCP connections answered 421 at once, by reason.")
            .FromZero("reason", ["server_full", "server_is_moving", "shutting_down", "starting", "busy"]);
        _unaskedDropped = meter.CreateCounter<long>("conference_lines_dropped", description: "Chat and event lines dropped because the client did not read.").FromZero();
        _slowReaders = meter.CreateCounter<long>("conference_slow_readers_closed", description: "Connections closed because the client read nothing for too long.").FromZero();
    }

    public void Received() => _inFlight.Add(1);

    /// <summary>As it stands on the line.</summary>
    public static string NameOf(Verb verb) => _verbs[(int)verb];

    /// <summary>Nobody waits for these answers any more.</summary>
    public void Abandoned(int commands) => _inFlight.Add(-commands);

    /// <param name="bytes">That wait for a client to read, or, negative, do so no longer.</param>
    public void Unsent(int bytes) => _unsent.Add(bytes);

    public void Answered(Verb verb, int code, TimeSpan after)
    {
        _inFlight.Add(-1);
        var label = new KeyValuePair<string, object?>("verb", NameOf(verb));
        _commands.Add(1, label, new KeyValuePair<string, object?>("code", code));
        _latency.Record(after.TotalSeconds, label);
    }

    /// <param name="reason">A word or two of ours, as the client is told: <c>server full</c>.</param>
    /// <param name="connections">How many.</param>
    public void Refused(string reason, int connections = 1) => _refused.Add(connections, new KeyValuePair<string, object?>("reason", reason.Replace(' ', '_')));

    public void UnaskedDropped() => _unaskedDropped.Add(1);

    public void SlowReaderClosed() => _slowReaders.Add(1);
}
