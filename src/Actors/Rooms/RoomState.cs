using Conference.Actors.Runtime;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>Settings of every room that has none of its own (<c>Rooms:*</c>).</summary>
/// <param name="OnDemand">Any legal name may be entered, and is a room while somebody is in it.</param>
/// <param name="MaxMembers">Sessions one room holds.</param>
public sealed record RoomOptions(bool OnDemand = true, int MaxMembers = 1000);

/// <summary>Who is in one room. Decides; tells nobody.</summary>
public sealed class RoomState(Name name, RoomOptions options)
{
    private readonly Dictionary<SessionId, (Participant Who, List<Service> Services)> _members = [];
    private readonly Dictionary<IActorRef, int> _nodes = [];

    public bool IsOpen => _members.Count > 0;

    public bool IsFull => _members.Count >= options.MaxMembers;

    /// <summary>The room is that of a user who was here when somebody last joined.</summary>
    public bool HasOwner { get; private set; }

    /// <summary>The nodes with members: each hears every event once.</summary>
    public IReadOnlyCollection<IActorRef> Nodes => _nodes.Keys;

    public IReadOnlyList<Member> Members => [.. _members.Values.Select(m => new Member(m.Who.Name, [.. m.Services]))];

    /// <returns>Why not, or null when <paramref name="join"/> may be applied.</returns>
    public string? Refuse(RoomCommands.Join join)
    {
        if (!IsOpen && !options.OnDemand && !join.HasOwner)
            return $"{name} is not here";
        return IsFull && !_members.ContainsKey(join.Who.Id) ? "room is full" : null;
    }

    public RoomEvent.Joined Apply(RoomCommands.Join join)
    {
        bool isFirst = !_members.TryGetValue(join.Who.Id, out var member);
        if (isFirst)
        {
            _members[join.Who.Id] = member = (join.Who, []);
            _nodes[join.Who.Node] = _nodes.GetValueOrDefault(join.Who.Node) + 1;
        }

        if (!member.Services.Contains(join.Port.Service))
            member.Services.Add(join.Port.Service);
        HasOwner = join.HasOwner;
        return new RoomEvent.Joined(name, join.Who, join.Port, isFirst);
    }

    /// <returns>Null when that participant has no such service here.</returns>
    public RoomEvent.Left? Apply(RoomCommands.Leave leave)
    {
        if (!_members.TryGetValue(leave.Who, out var member) || !member.Services.Remove(leave.Service))
            return null;
        bool isLast = member.Services.Count == 0;
        if (isLast)
            Remove(member.Who);
        return new RoomEvent.Left(name, member.Who, leave.Service, isLast);
    }

    /// <returns>Null when that participant is not here.</returns>
    public RoomEvent.Gone? Apply(RoomCommands.LeaveAll leave)
    {
        if (!_members.TryGetValue(leave.Who, out var member))
            return null;
        Remove(member.Who);
        return new RoomEvent.Gone(name, member.Who);
    }

    private void Remove(Participant who)
    {
        _members.Remove(who.Id);
        if (--_nodes[who.Node] == 0)
            _nodes.Remove(who.Node);
    }
}
