using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Forwarding;

/// <summary>Where an event stands among those that the room has told before.</summary>
public enum NewsOrder
{
    /// <summary>The next one.</summary>
    InOrder,

    /// <summary>Heard before.</summary>
    Repeated,

    /// <summary>Something before it was lost: the room is to be asked for its picture.</summary>
    Missed,

    /// <summary>The room has begun another life: it is to be told who is here.</summary>
    NewTerm,

    /// <summary>Of a life that is over: it means nothing any more.</summary>
    Stale,
}

/// <summary>
/// A room as one node is told of it: everybody in it, on this node and others, in the order of what the room says. Pure. What it is told
/// it takes as it comes; that something is missing it says (<see cref="Accept"/>), and a picture sets it right.
/// </summary>
public sealed class RoomMirror
{
    private readonly Dictionary<SessionId, MirroredMember> _members = [];
    private readonly HashSet<Name> _muted = [];
    private readonly List<RoomNews.Picture> _parts = [];

    /// <summary>Of what was heard last without a gap.</summary>
    public RoomStamp Heard { get; private set; }

    /// <summary>The room's life that was heard of last.</summary>
    public RoomTerm Term { get; private set; }

    public bool HasOwner { get; private set; }

    /// <summary>The room is to be told what members say.</summary>
    public bool KeepsHistory { get; private set; }

    public IReadOnlyCollection<MirroredMember> Members => _members.Values;

    public bool IsMuted(Name member) => _muted.Contains(member);

    /// <summary>Somebody of that name is in the room.</summary>
    public bool Has(Name member) => _members.Values.Any(m => m.Who.Name == member);

    /// <summary>Whoever is in the room and was muted by an operator, each name once.</summary>
    public IEnumerable<Name> Muted => _members.Values.Select(m => m.Who.Name).Where(_muted.Contains).Distinct();

    /// <summary>Whoever records the room, each name once.</summary>
    public IEnumerable<Name> Recorders => _members.Values.Where(m => m.IsRecording).Select(m => m.Who.Name).Distinct();

    public MirroredMember? Find(SessionId who) => _members.GetValueOrDefault(who);

    /// <summary>Says where an event stands, and remembers that it was heard.</summary>
    public NewsOrder Accept(RoomStamp stamp)
    {
        if (stamp.Term.IsBefore(Term))
            return NewsOrder.Stale;
        if (stamp.Term != Term)
        {
            Term = stamp.Term;
            return NewsOrder.NewTerm;
        }

        if (Heard.Term != Term || stamp.Seq > Heard.Seq + 1)
            return NewsOrder.Missed;
        // A message that is repeated has an old number, and must not hide that a newer one is missing.
        if (stamp.Seq <= Heard.Seq)
            return NewsOrder.Repeated;
        Heard = stamp;
        return NewsOrder.InOrder;
    }

    /// <summary>The room is in this life now, and what it was told before must be told again.</summary>
    /// <returns>False when that life is over.</returns>
    public bool Begin(RoomTerm term)
    {
        if (term.IsBefore(Term))
            return false;
        Term = term;
        return true;
    }

    /// <returns>True for somebody who was not here.</returns>
    public bool Join(RoomNews.Joined joined)
    {
        HasOwner = joined.HasOwner;
        KeepsHistory = joined.KeepsHistory;
        SetMuted(joined.Who.Name, joined.IsMuted);
        bool isNew = !_members.TryGetValue(joined.Who.Id, out var member);
        if (isNew)
            _members[joined.Who.Id] = member = new MirroredMember(joined.Who);
        member!.Who = joined.Who;
        member.Ports[joined.Port.Service] = joined.Port;
        return isNew;
    }

    /// <returns>Who is here no more; null while somebody is by other services, or was not here.</returns>
    public Participant? Leave(RoomNews.Left left)
    {
        if (!_members.TryGetValue(left.Who, out var member))
            return null;
        if (member.Ports.TryGetValue(left.Service, out var port) && port.Port == left.Port)
            member.Ports.Remove(left.Service);
        if (!left.IsLast)
            return null;
        _members.Remove(left.Who);
        return member.Who;
    }

    /// <returns>False when it is not here, or was put out already.</returns>
    public bool PutOut(SessionId who)
    {
        if (!_members.TryGetValue(who, out var member) || member.IsBeingPutOut)
            return false;
        return member.IsBeingPutOut = true;
    }

    /// <returns>False when it was so already.</returns>
    public bool SetMuted(Name member, bool isMuted) => isMuted ? _muted.Add(member) : _muted.Remove(member);

    public void Reconfigure(SessionId who, PortId port, PortSending sending)
    {
        if (_members.TryGetValue(who, out var member) && member.Ports.Values.FirstOrDefault(p => p.Port == port) is { } known)
            member.Ports[known.Service] = sending.Applied(known);
    }

    /// <summary>A part of a picture. Once all parts are there, it holds instead of everything that was told before.</summary>
    /// <returns>What is new by it; null while parts are missing, or for a picture that is older than what was heard.</returns>
    public PictureChange? Take(RoomNews.Picture part)
    {
        bool isOld = part.Stamp.Term.IsBefore(Term) || (Heard.Term == part.Stamp.Term && part.Stamp.Seq < Heard.Seq);
        if (isOld)
            return null;
        Term = part.Stamp.Term;
        // The parts of one picture come in order; where one is lost, the next picture begins again.
        if (part.Part == 0)
            _parts.Clear();
        if (_parts.Count != part.Part || (part.Part > 0 && _parts[0].Stamp != part.Stamp))
            return null;
        _parts.Add(part);
        if (_parts.Count < part.Parts)
            return null;
        // Of those who are in the first picture, nobody knows who came before whom.
        bool isFirst = Heard.Term == RoomTerm.None;
        var before = _members.ToDictionary();
        _members.Clear();
        foreach (var member in _parts.SelectMany(p => p.Members))
            _members[member.Who.Id] = MirroredMember.Of(member);
        foreach (var (id, member) in before.Where(m => part.Unheard.Contains(m.Value.Who.On)))
            _members.TryAdd(id, member);
        Participant[] came = [.. _members.Where(m => !isFirst && !before.ContainsKey(m.Key)).Select(m => m.Value.Who)];
        Name[] mutedOrNot = [.. _muted.Except(part.AllMuted).Concat(part.AllMuted.Except(_muted)).Except(came.Select(c => c.Name))];
        _muted.Clear();
        _muted.UnionWith(part.AllMuted);
        HasOwner = part.HasOwner;
        KeepsHistory = part.KeepsHistory;
        Heard = part.Stamp;
        _parts.Clear();
        return new PictureChange(came, [.. before.Where(m => !_members.ContainsKey(m.Key)).Select(m => m.Value.Who)], mutedOrNot);
    }

    /// <summary>Nodes are down: the room will say so, and need not be waited for.</summary>
    /// <returns>Who is gone with them.</returns>
    public IReadOnlyList<Participant> Lose(Func<NodeId, bool> isGone)
    {
        var gone = _members.Values.Where(m => isGone(m.Who.On)).Select(m => m.Who).ToList();
        foreach (var who in gone)
            _members.Remove(who.Id);
        return gone;
    }
}

/// <summary>What a picture says that was not known.</summary>
/// <param name="Came">Who is in; nobody by the first picture.</param>
/// <param name="Went">Who is not any more.</param>
/// <param name="MutedOrNot">Whom an operator muted or took that back, those who came left out.</param>
public sealed record PictureChange(IReadOnlyList<Participant> Came, IReadOnlyList<Participant> Went, IReadOnlyList<Name> MutedOrNot);

/// <summary>A member of a room, as a node is told of it.</summary>
public sealed class MirroredMember(Participant who)
{
    public Participant Who { get; set; } = who;

    public Dictionary<Service, JoiningPort> Ports { get; } = [];

    public bool IsBeingPutOut { get; set; }

    public bool IsRecording => !IsBeingPutOut && Ports.Values.Any(p => p.Parameters.Recording);

    internal static MirroredMember Of(PicturedMember pictured)
    {
        var member = new MirroredMember(pictured.Who) { IsBeingPutOut = pictured.IsBeingPutOut };
        foreach (var port in pictured.Ports)
            member.Ports[port.Service] = port;
        return member;
    }
}
