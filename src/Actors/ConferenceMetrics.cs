using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions.Limits;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;
using Prometheus;

namespace Conference.Actors;

/// <summary>
/// What the actors count. Labels are never names of people or rooms, and all there are of them are shown from the start, so that the first of
/// anything is an increase. Safe from any thread; nothing here locks or allocates but <see cref="Members"/> and <see cref="Rooms"/>.
/// </summary>
public sealed class ConferenceMetrics
{
    /// <summary>All that <see cref="OutcomeOf"/> says.</summary>
    private static readonly string[] _outcomes = ["ok", "unavailable", "no_port", "full", "locked", "put_out", "refused"];

    /// <summary>Those that have a limit.</summary>
    private static readonly Verb[] _limitedVerbs = [Verb.Send, Verb.Conn, Verb.Auth];

    private readonly ConcurrentDictionary<Name, int> _membersByRoom = [];
    private readonly Gauge _sessions;
    private readonly Gauge _members;
    private readonly Gauge _drainState;
    private readonly Gauge _drainSessionsLeft;
    private readonly Gauge.Child _shards;
    private readonly Gauge.Child[] _actors;
    private readonly Counter.Child[] _joins;
    private readonly Counter.Child[][] _signIns;
    private readonly Counter.Child[][] _limited;
    private readonly Counter.Child[] _ceilings;
    private readonly Counter _roomNewsMissed;
    private readonly JournalMetrics _journal;

    /// <param name="metrics">Where they are counted.</param>
    /// <param name="store">The <c>store</c> label: <c>sqlite</c>, <c>postgres</c>.</param>
    public ConferenceMetrics(IMetricFactory metrics, string store = "sqlite")
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _sessions = metrics.CreateGauge("conference_sessions", "Open QCVC sessions.");
        Rooms = new RoomMetrics(metrics);
        _members = metrics.CreateGauge("conference_members", "Members of rooms whose session is on this node.");
        _drainState = metrics.CreateGauge("conference_drain_state", "1 while this node drains.");
        _drainSessionsLeft = metrics.CreateGauge("conference_drain_sessions_left", "Sessions a draining node still has; 0 otherwise.");
        _roomNewsMissed = metrics.CreateCounter(
            "conference_room_events_missed_total", "Times that news of a room were lost on their way to this node, and its picture asked for.");

        _shards = metrics.CreateGauge("conference_cluster_shards", "Shards of users and of rooms this node owns.", ["state"]).WithLabels("owned");
        var actors = metrics.CreateGauge("conference_actors", "Live actors, by type.", ["type"]);
        _actors = [.. Enum.GetNames<CountedActor>().Select(t => actors.WithLabels(t))];

        var joins = metrics.CreateCounter("conference_joins_total", "CONNs that a room was asked for, by what came of them.", ["outcome"]);
        _joins = [.. _outcomes.Select(o => joins.WithLabels(o))];

        var signIns = metrics.CreateCounter(
            "conference_signins_total", "AUTH commands, by mechanism and what came of them.", ["mechanism", "outcome"]);
        _signIns = [.. Enum.GetNames<AuthMechanism>().Select(m => Enum.GetValues<SignInVerdict>()
            .Select(v => signIns.WithLabels(m.ToLowerInvariant(), v.ToLabel())).ToArray())];

        var limited = metrics.CreateCounter(
            "conference_commands_limited_total", "Commands not carried out because a session or an address had said too many.", ["verb", "limit"]);
        _limited = [.. _limitedVerbs.Select(v => Enum.GetNames<LimitScope>().Select(s => limited.WithLabels(v.ToString().ToUpperInvariant(), s.ToLowerInvariant())).ToArray())];

        var ceilings = metrics.CreateCounter(
            "conference_domain_ceilings_reached_total", "AUTHs and CONNs that were refused because a domain was full, by what it was full of.", ["ceiling"]);
        _ceilings = [.. Enum.GetNames<Ceiling>().Select(c => ceilings.WithLabels(c.ToLowerInvariant()))];

        _journal = new JournalMetrics(metrics, store);
    }

    /// <summary>The open rooms this node owns.</summary>
    public RoomMetrics Rooms { get; }

    /// <summary>What this node holds now.</summary>
    public NodeCounts Counts => new((long)_sessions.Value, Rooms.Open, (long)_members.Value);

    /// <summary>Rooms with members on this node, and how many each. No metric: names are no labels.</summary>
    public IEnumerable<KeyValuePair<Name, int>> MembersByRoom => _membersByRoom;

    /// <summary>How many rooms have members on this node.</summary>
    public int RoomsHere => _membersByRoom.Count;

    /// <summary>Shards this node owns.</summary>
    public int ShardsOwned => (int)_shards.Value;

    /// <summary>Where a drain of this node is.</summary>
    public (bool IsGoingOn, int SessionsLeft) DrainState => (_drainState.Value > 0, (int)_drainSessionsLeft.Value);

    /// <summary>CONNs that a room has been asked for since the start.</summary>
    public JoinCounts Joins
    {
        get
        {
            double joined = _joins[0].Value;
            return new JoinCounts(joined, _joins.Sum(j => j.Value) - joined, _joins[1].Value);
        }
    }

    /// <summary>Live actors of a kind.</summary>
    public int ActorsOf(CountedActor actor) => (int)_actors[(int)actor].Value;

    /// <summary>Where an actor starts (+1) and where it has stopped (-1). Sessions are counted by <see cref="Sessions"/>.</summary>
    public void Actors(CountedActor actor, int change) => _actors[(int)actor].Inc(change);

    public void ShardStarted() => _shards.Inc();

    public void ShardStopped() => _shards.Dec();

    public void Sessions(int change)
    {
        _sessions.Inc(change);
        Actors(CountedActor.SessionActor, change);
    }

    /// <summary>Members of one room whose session is on this node: how many, after how many.</summary>
    public void Members(Name room, int before, int now)
    {
        _members.Inc(now - before);
        // One actor at a time counts a room, so there is nothing to lose between the two.
        if (now > 0)
            _membersByRoom[room] = now;
        else
            _membersByRoom.TryRemove(room, out _);
    }

    /// <summary>A drain has begun, gone on, or ended.</summary>
    public void Drain(bool isDraining, int sessionsLeft)
    {
        _drainState.Set(isDraining ? 1 : 0);
        _drainSessionsLeft.Set(sessionsLeft);
    }

    /// <summary>Something a room said did not arrive here.</summary>
    public void RoomNewsMissed() => _roomNewsMissed.Inc();

    /// <summary>A CONN has been answered.</summary>
    public void Join(SessionOutcome outcome) => _joins[OutcomeOf(outcome)].Inc();

    public void SignIn(AuthMechanism mechanism, SignInVerdict verdict) => _signIns[(int)mechanism][(int)verdict].Inc();

    /// <summary>A command was not carried out.</summary>
    /// <param name="verb">SEND, CONN or AUTH.</param>
    /// <param name="scope">Whose limit it was.</param>
    public void Limited(Verb verb, LimitScope scope) => _limited[Array.IndexOf(_limitedVerbs, verb)][(int)scope].Inc();

    /// <summary>Somebody was refused because a domain is full.</summary>
    public void CeilingReached(Ceiling ceiling) => _ceilings[(int)ceiling].Inc();

    /// <summary>A write is durable.</summary>
    /// <param name="events">How many events it stored.</param>
    /// <param name="after">Since it was asked for.</param>
    /// <param name="span">What it was asked for in; null: what runs here.</param>
    public void Stored(int events, TimeSpan after, Activity? span = null) => _journal.Stored(events, after, span);

    /// <param name="reason">One of <see cref="StoreFailure.Reasons"/>.</param>
    public void StoreFailed(string reason) => _journal.Failed(reason);

    /// <summary>Whose fault it is: <c>unavailable</c> and <c>no_port</c> are the service's, the others the caller's or the room's.</summary>
    private static int OutcomeOf(SessionOutcome outcome) => outcome switch
    {
        SessionOutcome.Connected => 0,
        _ when outcome == SessionOutcome.Refused.TryAgain => 1,
        _ when outcome == SessionOutcome.Refused.NoPortFree => 2,
        _ when outcome == SessionOutcome.Refused.RoomIsFull => 3,
        _ when outcome == SessionOutcome.Refused.RoomIsLocked => 4,
        _ when outcome == SessionOutcome.Refused.PutOut => 5,
        _ => 6,
    };
}

/// <param name="Sessions">Open sessions.</param>
/// <param name="Rooms">Open rooms it owns.</param>
/// <param name="Members">Members whose session is here.</param>
public sealed record NodeCounts(long Sessions, long Rooms, long Members);

/// <param name="Joined">Joins that were let in.</param>
/// <param name="Refused">Joins that were refused, for whatever reason.</param>
/// <param name="Unavailable">Of the refused ones, those that were told to try again.</param>
public readonly record struct JoinCounts(double Joined, double Refused, double Unavailable = 0);
