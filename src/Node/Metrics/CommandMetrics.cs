using System.Collections.Frozen;
using System.Diagnostics;
using Conference.Actors;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Prometheus;

namespace Conference.Node.Metrics;

/// <summary>What clients asked, and how fast they were answered. Safe from any thread; nothing here locks or allocates, but the first time a verb gets a code.</summary>
public sealed class CommandMetrics
{
    /// <summary>
    /// What each verb is answered with, shown from the start so that the first of them is an increase. Others (a line that is no command, a session that
    /// ends) come when they come.
    /// </summary>
    private static readonly FrozenDictionary<Verb, int[]> _expected = new Dictionary<Verb, int[]>
    {
        [Verb.Unknown] = [500],
        [Verb.Helo] = [201, 501],
        [Verb.Stat] = [202, 402, 502, 503],
        [Verb.Conn] = [303, 503],
        [Verb.Dcon] = [304, 503],
        [Verb.Getp] = [310, 510],
        [Verb.Setp] = [310, 510],
        [Verb.Send] = [0],
        [Verb.Quit] = [421],
        [Verb.Feat] = [210],
        [Verb.Noop] = [200],
        [Verb.List] = [211, 503],
        [Verb.Auth] = [204, 504],
        [Verb.Stls] = [220, 504],
    }.ToFrozenDictionary();

    private static readonly string[] _verbs = [.. Enum.GetValues<Verb>().Select(v => v.ToString().ToUpperInvariant())];

    private readonly AnswersOfVerb[] _answers;
    private readonly Gauge _inFlight;
    private readonly Gauge _unsent;
    private readonly FrozenDictionary<string, Counter.Child> _refused;
    private readonly FrozenDictionary<string, Counter.Child> _foreign;
    private readonly Counter _unaskedDropped;
    private readonly Counter _slowReaders;

    /// <param name="metrics">Where they are counted.</param>
    public CommandMetrics(IMetricFactory metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _inFlight = metrics.CreateGauge("conference_commands_in_flight", "Commands read and not yet answered; a session has 32 at most.");
        _unsent = metrics.CreateGauge("conference_session_unsent_bytes", "Lines that wait for clients to read; of a session's, 256 KiB of what it did not ask for at most.");
        var commands = metrics.CreateCounter("conference_commands_total", "Commands answered, by verb and reply code (0: SEND's silence).", ["verb", "code"]);
        var latency = metrics.CreateHistogram(
            "conference_command_seconds", "Time from a command's line to its answer.", ["verb"],
            new()
            {
                Buckets = [100e-6, 250e-6, 500e-6, 1e-3, 2.5e-3, 5e-3, 10e-3, 25e-3, 50e-3, 0.1, 0.25, 0.5, 1, 2.5, 5],
                ExemplarBehavior = Exemplars.OfCurrentSpan,
            });
        _answers = [.. Enum.GetValues<Verb>().Select(v => new AnswersOfVerb(NameOf(v), commands, latency.WithLabels(NameOf(v)), _expected[v]))];
        _refused = metrics.CreateCounter("conference_connections_refused_total", "TCP connections answered 421 at once, by reason.", ["reason"])
            .FromZero("server_full", "server_is_moving", "shutting_down", "starting", "busy", "too_many_sessions", "proxy_header_expected");
        _foreign = metrics.CreateCounter("conference_connections_foreign_total", "Connections ended with 421 because they spoke another protocol.", ["protocol"])
            .FromZero(Enum.GetNames<ForeignProtocol>().Select(p => p.ToLowerInvariant()));
        _unaskedDropped = metrics.CreateCounter("conference_lines_dropped_total", "Chat and event lines dropped because the client did not read.");
        _slowReaders = metrics.CreateCounter("conference_slow_readers_closed_total", "Connections closed because the client read nothing for too long.");
    }

    public void Received() => _inFlight.Inc();

    /// <summary>As it stands on the line.</summary>
    public static string NameOf(Verb verb) => _verbs[(int)verb];

    /// <summary>Nobody waits for these answers any more.</summary>
    public void Abandoned(int commands) => _inFlight.Dec(commands);

    /// <param name="bytes">That wait for a client to read, or, negative, do so no longer.</param>
    public void Unsent(int bytes) => _unsent.Inc(bytes);

    /// <param name="verb">Of the command.</param>
    /// <param name="code">Of the reply; 0 for none.</param>
    /// <param name="after">Since its line came.</param>
    /// <param name="span">Of the command, which does not run where it is answered; null where nobody follows it.</param>
    public void Answered(Verb verb, int code, TimeSpan after, Activity? span = null)
    {
        _inFlight.Dec();
        var answers = _answers[(int)verb];
        answers.CountOf(code).Inc();
        answers.Latency.Observe(after.TotalSeconds, Exemplars.Of(span));
    }

    /// <param name="reason">A word or two of ours, as the client is told: <c>server full</c>.</param>
    /// <param name="connections">How many.</param>
    public void Refused(string reason, int connections = 1) => _refused[reason.Replace(' ', '_')].Inc(connections);

    public void Foreign(ForeignProtocol protocol) => _foreign[protocol.ToString().ToLowerInvariant()].Inc();

    public void UnaskedDropped() => _unaskedDropped.Inc();

    public void SlowReaderClosed() => _slowReaders.Inc();

    /// <summary>A verb has a handful of codes, which are found out as they come: replaced whole, so that readers need no lock.</summary>
    private sealed class AnswersOfVerb
    {
        private readonly string _verb;
        private readonly Counter _commands;
        private (int Code, Counter.Child Count)[] _byCode = [];

        public AnswersOfVerb(string verb, Counter commands, Histogram.Child latency, int[] expected)
        {
            (_verb, _commands, Latency) = (verb, commands, latency);
            foreach (int code in expected)
                CountOf(code);
        }

        public Histogram.Child Latency { get; }

        public Counter.Child CountOf(int code)
        {
            foreach (var (known, count) in Volatile.Read(ref _byCode))
            {
                if (known == code)
                    return count;
            }

            // Two at once may both come here: they get the same counter, and whoever's array is lost comes again.
            var added = _commands.WithLabels(_verb, code.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Volatile.Write(ref _byCode, [.. Volatile.Read(ref _byCode), (code, added)]);
            return added;
        }
    }
}
