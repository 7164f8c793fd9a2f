using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What the actors count. Names are the contract's, less the exporter's <c>_total</c>; labels are never names of people or rooms.</summary>
public sealed class ConferenceMetrics
{
    private static readonly string[] _mechanisms = [.. Enum.GetNames<AuthMechanism>().Select(m => m.ToLowerInvariant())];

    /// <summary>All that <see cref="LabelOf"/> says.</summary>
    private static readonly string[] _outcomes = ["ok", "unavailable", "no_port", "full", "locked", "put_out", "refused"];

    private readonly Counter<long> _signIns;
    private readonly Counter<long> _joins;
    private readonly ConcurrentDictionary<Name, int> _membersByRoom = [];
    private readonly Counter<long> _roomEventsMissed;
    private long _sessions, _members, _drainState, _drainSessionsLeft;

    public ConferenceMetrics(Meter meter)
    {
        meter.CreateObservableGauge("conference_sessions", () => Volatile.Read(ref _sessions), description: "Open QCVC sessions.");
        meter.CreateObservableGauge("conference_rooms", () => Rooms.Open, description: "Open rooms this node owns.");
        meter.CreateObservableGauge("conference_rooms_by_members", () => Label("members", Rooms.ByMembers()), description: "Open rooms this node owns, by how many members they have.");
        meter.CreateObservableGauge("conference_rooms_by_nodes", () => Label("nodes", Rooms.ByNodes()), description: "Open rooms this node owns, by how many nodes have members of theirs.");
        meter.CreateObservableGauge("conference_room_members_largest", () => Rooms.Largest, description: "Members of the largest room this node owns.");
        meter.CreateObservableGauge("conference_members", () => Volatile.Read(ref _members), description: "Members of rooms whose session is on this node.");
        meter.CreateObservableGauge("conference_drain_state", () => Volatile.Read(ref _drainState), description: "1 while this node drains.");
        meter.CreateObservableGauge("conference_drain_sessions_left", () => Volatile.Read(ref _drainSessionsLeft), description: "Sessions a draining node still has; 0 otherwise.");
        _signIns = meter.CreateCounter<long>("conference_signins", description: "AUTH commands, by mechanism and what came of them.");
        _joins = meter.CreateCounter<long>("conference_joins", description: "CONNs that a room was asked for, by what came of them.");
        _roomEventsMissed = meter.CreateCounter<long>("conference_room_events_missed", description: "Times that news of a room were lost on their way to this node, and its picture asked for.");
        _roomEventsMissed.Add(0);
        // From the start, so that the first one is an increase.
        foreach (string outcome in _outcomes)
            _joins.Add(0, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>The open rooms this node owns.</summary>
    public RoomCensus Rooms { get; } = new();

    /// <summary>What this node holds now.</summary>
    public NodeCounts Counts => new(Volatile.Read(ref _sessions), Rooms.Open, Volatile.Read(ref _members));

    /// <summary>Rooms with members on this node, and how many each. No metric: names are no labels.</summary>
    public IEnumerable<KeyValuePair<Name, int>> MembersByRoom => _membersByRoom;

    public void Sessions(int change) => Interlocked.Add(ref _sessions, change);

    /// <summary>Members of one room whose session is on this node: how many, after how many.</summary>
    public void Members(Name room, int before, int now)
    {
        Interlocked.Add(ref _members, now - before);
        // One actor at a time counts a room, so there is nothing to lose between the two.
        if (now > 0)
            _membersByRoom[room] = now;
        else
            _membersByRoom.TryRemove(room, out _);
    }

    /// <summary>A drain has begun, gone on, or ended.</summary>
    public void Drain(bool isDraining, int sessionsLeft)
    {
        Volatile.Write(ref _drainState, isDraining ? 1 : 0);
        Volatile.Write(ref _drainSessionsLeft, sessionsLeft);
    }

    /// <summary>Something a room said did not arrive here.</summary>
    public void RoomEventMissed() => _roomEventsMissed.Add(1);

    /// <summary>A CONN has been answered.</summary>
    public void Join(SessionOutcome outcome) => _joins.Add(1, new KeyValuePair<string, object?>("outcome", LabelOf(outcome)));

    public void SignIn(AuthMechanism mechanism, SignInVerdict verdict) => _signIns.Add(
        1,
        new KeyValuePair<string, object?>("mechanism", _mechanisms[(int)mechanism]),
        new KeyValuePair<string, object?>("outcome", verdict.ToLabel()));

    /// <summary>Whose fault it is: <c>unavailable</c> and <c>no_port</c> are the service's, the others the caller's or the room's.</summary>
    private static string LabelOf(SessionOutcome outcome) => outcome switch
    {
        SessionOutcome.Connected => "ok",
        _ when outcome == SessionOutcome.Refused.TryAgain => "unavailable",
        _ when outcome == SessionOutcome.Refused.NoPortFree => "no_port",
        _ when outcome == SessionOutcome.Refused.RoomIsFull => "full",
        _ when outcome == SessionOutcome.Refused.RoomIsLocked => "locked",
        _ when outcome == SessionOutcome.Refused.PutOut => "put_out",
        _ => "refused",
    };

    private static IEnumerable<Measurement<int>> Label(string label, IReadOnlyList<(string Step, int Rooms)> steps) =>
        steps.Select(s => new Measurement<int>(s.Rooms, new KeyValuePair<string, object?>(label, s.Step)));
}

/// <param name="Sessions">Open sessions.</param>
/// <param name="Rooms">Open rooms it owns.</param>
/// <param name="Members">Members whose session is here.</param>
public sealed record NodeCounts(long Sessions, long Rooms, long Members);
