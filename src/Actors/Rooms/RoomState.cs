using System.Collections.Immutable;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>Settings of every room that has none of its own (<c>Rooms:*</c>).</summary>
/// <param name="OnDemand">Any legal name may be entered, and is a room while somebody is in it.</param>
/// <param name="MaxMembers">Sessions one room holds.</param>
public sealed record RoomOptions(bool OnDemand = true, int MaxMembers = 1000);

/// <summary>
/// One room: who is in it, and what its journal says of it. Decides; persists nothing and tells nobody. What is durable
/// (<see cref="Apply"/>) is who was let in and when, whether the room is kept, and whom an operator muted.
/// </summary>
public sealed class RoomState(Name name, RoomOptions options)
{
    // In the order they came, which is the order LIST shows.
    private readonly OrderedDictionary<SessionId, RoomMember> _members = [];
    private readonly Dictionary<IActorRef, int> _nodes = [];
    private readonly Dictionary<SessionId, RoomJournalEvent.CallStarted> _openCalls = [];
    private readonly HashSet<Name> _muted = [];

    public bool IsOpen => _members.Count > 0;

    public bool IsFull => _members.Count >= MaxMembers;

    /// <summary>Its operator's settings; null when nobody keeps it.</summary>
    public RoomJournalEvent.RoomKept? Kept { get; private set; }

    public int MaxMembers => Kept?.MaxMembers ?? options.MaxMembers;

    public bool IsLocked => Kept?.IsLocked ?? false;

    /// <summary>The room is that of a user who was here when somebody last joined.</summary>
    public bool HasOwner { get; private set; }

    /// <summary>The nodes with members: each hears every event once.</summary>
    public ImmutableArray<IActorRef> Nodes => [.. _nodes.Keys];

    public IReadOnlyCollection<RoomMember> Members => _members.Values;

    /// <summary>Calls that were let in and have not ended, as the journal knows them.</summary>
    public IReadOnlyCollection<RoomJournalEvent.CallStarted> OpenCalls => _openCalls.Values;

    public bool HasOpenCall(SessionId session) => _openCalls.ContainsKey(session);

    public RoomSnapshot Snapshot => new(Kept, [.. _openCalls.Values], [.. _muted]);

    public bool IsMuted(Name member) => _muted.Contains(member);

    public RoomMember? Find(SessionId session) => _members.TryGetValue(session, out var member) ? member : null;

    /// <returns>Why not, or null when <paramref name="join"/> may be applied.</returns>
    public string? Refuse(RoomCommands.Join join)
    {
        if (_members.TryGetValue(join.Who.Id, out var member))
            return member.IsBeingPutOut ? "try again" : null;
        if (!IsOpen && Kept is null && !options.OnDemand && !join.HasOwner)
            return $"{name} is not here";
        return IsLocked ? SessionOutcome.Refused.RoomIsLocked.Why : IsFull ? SessionOutcome.Refused.RoomIsFull.Why : null;
    }

    public void Recover(RoomSnapshot snapshot)
    {
        Kept = snapshot.Kept;
        foreach (var call in snapshot.OpenCalls)
            _openCalls[new SessionId(call.Session)] = call;
        _muted.UnionWith(snapshot.Muted);
    }

    public void Apply(RoomJournalEvent happened)
    {
        switch (happened)
        {
            case RoomJournalEvent.RoomKept kept:
                Kept = kept;
                break;
            case RoomJournalEvent.RoomClosed:
                Kept = null;
                break;
            case RoomJournalEvent.MemberMuted muted:
                _ = muted.IsMuted ? _muted.Add(muted.Member) : _muted.Remove(muted.Member);
                break;
            case RoomJournalEvent.CallStarted started:
                _openCalls[new SessionId(started.Session)] = started;
                break;
            case RoomJournalEvent.CallEnded ended:
                foreach (var (session, _) in _openCalls.Where(c => c.Value.Call == ended.Call).ToArray())
                    _openCalls.Remove(session);
                break;
        }

        // A mute is for as long as the room is open: it must not meet whoever comes by that name next month.
        if (_openCalls.Count == 0 && happened is RoomJournalEvent.CallEnded or RoomJournalEvent.RoomClosed)
            _muted.Clear();
    }

    /// <summary>A participant's port is in; its call, if it is its first, has been journaled.</summary>
    public RoomEvent.Joined Admit(RoomCommands.Join join, RoomStamp stamp)
    {
        bool isFirst = !_members.TryGetValue(join.Who.Id, out var member);
        if (isFirst)
        {
            _members[join.Who.Id] = member = new RoomMember(join.Who);
            _nodes[join.Who.Node] = _nodes.GetValueOrDefault(join.Who.Node) + 1;
        }

        member!.Add(join.Port.Service, join.Port.Port);
        HasOwner = join.HasOwner;
        return new RoomEvent.Joined(name, stamp, join.Who, join.Port, IsMuted(join.Who.Name), HasOwner);
    }

    /// <summary>A participant was here before this actor was: its node says so.</summary>
    public void Restore(RegisteredMember registered)
    {
        var who = registered.Who;
        if (_members.ContainsKey(who.Id))
            return;
        var member = _members[who.Id] = new RoomMember(who) { IsBeingPutOut = registered.IsBeingPutOut };
        foreach (var (service, port) in registered.Leaving)
            member.Add(service, port);
        foreach (var port in registered.Ports)
            member.Add(port.Service, port.Port);
        _nodes[who.Node] = _nodes.GetValueOrDefault(who.Node) + 1;
    }

    public void Remove(Participant who)
    {
        if (!_members.Remove(who.Id))
            return;
        if (--_nodes[who.Node] == 0)
            _nodes.Remove(who.Node);
    }

    /// <summary>A call as it is listed while it goes on.</summary>
    public CallRecord Record(RoomJournalEvent.CallStarted call) => new()
    {
        Id = call.Call,
        Room = name,
        User = call.User,
        Session = call.Session,
        Node = call.Node,
        Started = call.At,
    };

    /// <summary>The end of a session's call, if one is open, and the record as it is then.</summary>
    public (RoomJournalEvent.CallEnded Ended, CallRecord Record)? End(SessionId session, DateTimeOffset at, CallEnd end, CallTotals totals)
    {
        if (!_openCalls.TryGetValue(session, out var call))
            return null;
        var record = Record(call) with
        {
            Ended = at,
            End = end,
            Services = totals.Services,
            BytesIn = totals.BytesIn,
            BytesOut = totals.BytesOut,
            PacketsIn = totals.PacketsIn,
            PacketsOut = totals.PacketsOut,
        };
        return (new RoomJournalEvent.CallEnded(call.Call, at, end, totals), record);
    }
}
