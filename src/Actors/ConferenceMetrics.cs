using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What the actors count. Names are the contract's, less the exporter's <c>_total</c>; labels are never names of people or rooms.</summary>
public sealed class ConferenceMetrics
{
    private static readonly string[] _mechanisms = [.. Enum.GetNames<AuthMechanism>().Select(m => m.ToLowerInvariant())];

    private readonly UpDownCounter<long> _sessions;
    private readonly UpDownCounter<long> _rooms;
    private readonly UpDownCounter<long> _members;
    private readonly Counter<long> _signIns;
    private readonly ConcurrentDictionary<Name, int> _membersByRoom = [];

    public ConferenceMetrics(Meter meter)
    {
        _sessions = meter.CreateUpDownCounter<long>("conference_sessions", description: "Open QCVC sessions.");
        _rooms = meter.CreateUpDownCounter<long>("conference_rooms", description: "Open rooms this node owns.");
        _members = meter.CreateUpDownCounter<long>("conference_members", description: "Members of rooms whose session is on this node.");
        _signIns = meter.CreateCounter<long>("conference_signins", description: "AUTH commands, by mechanism and what came of them.");
    }

    public void Sessions(int change) => _sessions.Add(change);

    public void Rooms(int change) => _rooms.Add(change);

    /// <summary>Members of one room whose session is on this node: how many, after how many.</summary>
    public void Members(Name room, int before, int now)
    {
        _members.Add(now - before);
        // One actor at a time counts a room, so there is nothing to lose between the two.
        if (now > 0)
            _membersByRoom[room] = now;
        else
            _membersByRoom.TryRemove(room, out _);
    }

    /// <summary>Rooms with members on this node, and how many each. No metric: names are no labels.</summary>
    public IEnumerable<KeyValuePair<Name, int>> MembersByRoom => _membersByRoom;

    public void SignIn(AuthMechanism mechanism, SignInVerdict verdict) => _signIns.Add(
        1,
        new KeyValuePair<string, object?>("mechanism", _mechanisms[(int)mechanism]),
        new KeyValuePair<string, object?>("outcome", verdict.ToLabel()));
}
