using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>Settings of every room that has none of its own (<c>Rooms:*</c>).</summary>
/// <param name="OnDemand">Any legal name may be entered, and is a room while somebody is in it.</param>
/// <param name="MaxMembers">Sessions one room holds.</param>
/// <param name="HasLobby">Whoever comes waits until a moderator lets them in; only domains say so.</param>
public sealed record RoomOptions(bool OnDemand = true, int MaxMembers = 1000, bool HasLobby = false)
{
    /// <summary>In a domain that has rules of its own.</summary>
    public RoomOptions By(DomainRules rules) => new(rules.RoomsOnDemand ?? OnDemand, rules.MaxMembers ?? MaxMembers, rules.Lobby ?? HasLobby);
}

/// <summary>How somebody who may enter a room does so.</summary>
public abstract record Entrance
{
    private Entrance() { }

    /// <summary>At once.</summary>
    /// <param name="Invitation">By this one, which it has not used before; null where it needs none.</param>
    public sealed record Open(Guid? Invitation = null) : Entrance;

    /// <summary>When a moderator says so.</summary>
    public sealed record ByLobby : Entrance;

    public sealed record Refused(SessionOutcome.Refused Why) : Entrance;
}

/// <summary>A node that has members of a room.</summary>
/// <param name="Id">Which.</param>
/// <param name="Forwarders">Who hears there what happens.</param>
public readonly record struct RoomNode(NodeId Id, IActorRef Forwarders);

/// <summary>
/// One room: who is in it, and what its journal says of it. Decides; persists nothing and tells nobody. What is durable
/// (<see cref="Apply"/>) is who was let in and when, whether the room is kept, who was muted, and who runs it by which rules.
/// </summary>
public sealed class RoomState(Name name, RoomOptions options)
{
    // In the order they came, which is the order LIST shows.
    private readonly OrderedDictionary<SessionId, RoomMember> _members = [];
    private readonly Dictionary<NodeId, (IActorRef Forwarders, int Members)> _nodes = [];
    private readonly Dictionary<SessionId, RoomEvent.CallStarted> _openCalls = [];

    // By their calls: those that go on, as the journal knows them.
    private readonly Dictionary<Guid, RoomEvent.RecordingBegan> _recordings = [];

    // Calls that an operator ends, until they have.
    private readonly HashSet<Guid> _putOut = [];
    private readonly DepartedPorts _departed = new();

    public bool IsOpen => _members.Count > 0;

    public RoomSize Size => new(_members.Count, _nodes.Count);

    public bool IsFull => _members.Count >= MaxMembers;

    /// <summary>Its operator's settings; null when nobody keeps it.</summary>
    public RoomEvent.RoomKept? Kept { get; private set; }

    public int MaxMembers => Kept?.MaxMembers ?? options.MaxMembers;

    public bool IsLocked => Kept?.IsLocked ?? Rules.IsLocked;

    /// <summary>Who runs it, and how; of a room that has closed, what was so until then. See <see cref="CharterAt"/>.</summary>
    public RoomCharter Charter { get; private set; } = RoomCharter.None;

    public RoomRules Rules => Charter.Rules;

    public bool HasLobby => Rules.HasLobby ?? options.HasLobby;

    /// <summary>The room is that of a user who was here when somebody last joined.</summary>
    public bool HasOwner { get; set; }

    /// <summary>The nodes with members: each hears every event once.</summary>
    public ImmutableArray<RoomNode> Nodes => [.. _nodes.Select(n => new RoomNode(n.Key, n.Value.Forwarders))];

    public IReadOnlyCollection<RoomMember> Members => _members.Values;

    /// <summary>Calls that were let in and have not ended, as the journal knows them.</summary>
    public IReadOnlyCollection<RoomEvent.CallStarted> OpenCalls => _openCalls.Values;

    /// <summary>
    /// What was answered to operators' latest commands. Those that are stored are journaled with what they changed: one that comes a second
    /// time, however late and at whichever owner, must not undo what was done since.
    /// </summary>
    public RecentAnswers<RoomChange> Answers { get; set; } = new();

    /// <summary>Whom operators muted and put out.</summary>
    public RoomModeration Moderation { get; } = new();

    /// <summary>The latest time in the room's events: none that follows is earlier, whatever clock it is told by.</summary>
    public DateTimeOffset Latest { get; private set; }

    public RoomSnapshot Snapshot => new(
        Kept, [.. _openCalls.Values], Moderation.Muted,
        [.. Answers.All.Where(a => a.Answer == RoomChange.Done).Select(a => a.Command)],
        [.. _putOut],
        Moderation.Snapshot, Latest, Charter, new RoomRecordingsSnapshot([.. _recordings.Values]));

    public bool HasOpenCall(SessionId session) => _openCalls.ContainsKey(session);

    /// <summary>Its call; null for whoever has no record yet.</summary>
    public RoomEvent.CallStarted? FindOpenCall(SessionId session) => _openCalls.GetValueOrDefault(session);

    public IReadOnlyCollection<RoomEvent.RecordingBegan> Recordings => _recordings.Values;

    /// <summary>As the journal knows it; null for a call that does not record.</summary>
    public RoomEvent.RecordingBegan? FindRecording(Guid call) => _recordings.GetValueOrDefault(call);

    public bool HasNode(NodeId node) => _nodes.ContainsKey(node);

    public RoomMember? Find(SessionId session) => _members.TryGetValue(session, out var member) ? member : null;

    /// <param name="join">Who wants in, with what.</param>
    /// <param name="now">By the room's clock.</param>
    /// <returns>Why not, or null when <paramref name="join"/> may be applied.</returns>
    public string? Refuse(RoomCommands.Join join, DateTimeOffset now)
    {
        if (_departed.Contains(join.Who.Id, join.Port.Port))
            return SessionOutcome.Refused.TryAgain.Why;
        if (_members.TryGetValue(join.Who.Id, out var member))
            return !member.IsBeingPutOut ? null : (Moderation.Bars(join.Who.Name, now) ? SessionOutcome.Refused.PutOut : SessionOutcome.Refused.TryAgain).Why;
        if (!IsOpen && Kept is null && !options.OnDemand && !join.HasOwner)
            return $"{name.Local} is not here";
        if (Moderation.Bars(join.Who.Name, now))
            return SessionOutcome.Refused.PutOut.Why;
        if ((Kept?.IsLocked ?? CharterAt(now).Rules.IsLocked) && !IsReturning(join.Who.Name, now) && !CharterAt(now).IsModerator(join.Who, name))
            return SessionOutcome.Refused.RoomIsLocked.Why;
        return IsFull ? SessionOutcome.Refused.RoomIsFull.Why : null;
    }

    /// <summary>Of whoever would not be refused and is not in.</summary>
    /// <param name="join">Who wants in, with what.</param>
    /// <param name="now">By the room's clock.</param>
    public Entrance EntranceOf(RoomCommands.Join join, DateTimeOffset now)
    {
        var (who, charter) = (join.Who, CharterAt(now));
        bool hasLobby = charter.Rules.HasLobby ?? options.HasLobby;
        bool isKnown = charter.IsModerator(who, name) || charter.Admitted.Contains(who.Name) || ClaimOf(join, now) == who.Name;
        if (isKnown || (!hasLobby && charter.Rules.PasswordHash is null))
            return new Entrance.Open();
        if (join.Invitation is { } digest)
        {
            return charter.Invitations.FirstOrDefault(i => i.Digest == digest && i.IsGoodFor(who.Name, now)) is { } invitation
                ? new Entrance.Open(invitation.UsedBy.Contains(who.Name) ? null : invitation.Id)
                : new Entrance.Refused(SessionOutcome.Refused.NoSuchInvitation);
        }

        if (charter.Rules.PasswordHash is { } hash && join.ProvedHash != hash)
            return new Entrance.Refused(join.ProvedHash is null ? SessionOutcome.Refused.PasswordRequired : SessionOutcome.Refused.WrongPassword);
        return hasLobby && !IsReturning(who.Name, now) ? new Entrance.ByLobby() : new Entrance.Open();
    }

    /// <summary>Whose the room is when it opens by somebody's coming: the account's it is called after, or theirs who come, if they have proved to be somebody.</summary>
    /// <param name="join">Who comes.</param>
    /// <param name="now">By the room's clock.</param>
    /// <returns>Null where it is open, kept, or somebody's already, and where nobody can have it.</returns>
    public Name? ClaimOf(RoomCommands.Join join, DateTimeOffset now)
    {
        if (_openCalls.Count > 0 || Kept is not null || CharterAt(now).Owner is not null)
            return null;
        return join.IsOfAccount ? name : join.Who.IsProven ? join.Who.Name : null;
    }

    /// <summary>Who runs it, and how: nobody any more, and as everywhere, when it has closed.</summary>
    /// <param name="now">By the room's clock.</param>
    public RoomCharter CharterAt(DateTimeOffset now) => Kept is null && Moderation.IsOver(now) ? RoomCharter.None : Charter;

    public bool IsModerator(Participant who) => Charter.IsModerator(who, name);

    public void Recover(RoomSnapshot snapshot)
    {
        Charter = snapshot.Charter ?? RoomCharter.None;
        Kept = snapshot.Kept;
        foreach (var call in snapshot.OpenCalls)
            _openCalls[new SessionId(call.Session)] = call;
        Moderation.Recover(snapshot.Muted, snapshot.Moderation);
        Latest = snapshot.Latest ?? snapshot.OpenCalls.Select(c => c.At).DefaultIfEmpty().Max();
        _putOut.UnionWith(snapshot.PutOut);
        foreach (var recording in snapshot.Recordings?.Open ?? [])
            _recordings[recording.Call] = recording;
        foreach (var command in snapshot.Done)
            Answers = Answers.With(command, RoomChange.Done);
    }

    public void Apply(RoomEvent happened)
    {
        Charter = Charter.With(happened);
        switch (happened)
        {
            case RoomEvent.RoomKept kept:
                Kept = kept;
                Done(kept.Command);
                break;
            case RoomEvent.RoomClosed closed:
                Kept = null;
                Charter = RoomCharter.None;
                Moderation.Clear();
                PutOut(_openCalls.Values);
                Done(closed.Command);
                break;
            case RoomEvent.MemberMuted muted:
                Moderation.SetMuted(muted.Member, muted.IsMuted);
                Done(muted.Command);
                break;
            case RoomEvent.MemberPutOut putOut:
                PutOut(_openCalls.Values.Where(c => c.User == putOut.Member));
                Moderation.SetPutOut(putOut.Member, putOut.IsBarred, putOut.NotBefore);
                Done(putOut.Command);
                break;
            case RoomEvent.MemberLetIn letIn:
                Moderation.SetPutOut(letIn.Member, isPutOut: false);
                Done(letIn.Command);
                break;
            case RoomEvent.EveryoneMuted muted:
                MuteEveryone(muted.IsMuted);
                Done(muted.Command);
                break;
            case RoomEvent.RulesChanged changed:
                Done(changed.Command);
                break;
            case RoomEvent.OwnerSet { Command: { } command }:
                Done(command);
                break;
            case RoomEvent.ModeratorSet set:
                Done(set.Command);
                break;
            case RoomEvent.MemberWaiting waiting:
                // Who waits for a room that has closed waits for another.
                Charter = CharterAt(waiting.At);
                if (Moderation.IsOver(waiting.At))
                    Moderation.Began(waiting.At);
                Happened(waiting.At);
                break;
            case RoomEvent.MemberAdmitted admitted:
                Done(admitted.Command);
                break;
            case RoomEvent.MemberTurnedAway away:
                Done(away.Command);
                break;
            case RoomEvent.InvitationMade made:
                Done(made.Command);
                break;
            case RoomEvent.InvitationWithdrawn withdrawn:
                Done(withdrawn.Command);
                break;
            case RoomEvent.CallStarted started:
                Charter = CharterAt(started.At);
                Moderation.Began(started.At);
                if (Charter.MutesAll && !Charter.IsModerator(started.User))
                    Moderation.SetMuted(started.User, isMuted: true);
                Happened(started.At);
                _openCalls[new SessionId(started.Session)] = started;
                break;
            case RoomEvent.CallEnded ended:
                foreach (var (session, call) in _openCalls.Where(c => c.Value.Call == ended.Call).ToArray())
                {
                    _openCalls.Remove(session);
                    Moderation.Ended(call.User, ended.At, isPutOut: ended.End == CallEnd.PutOut, isLast: _openCalls.Count == 0);
                }

                Happened(ended.At);
                _putOut.Remove(ended.Call);
                break;
            case RoomEvent.RecordingBegan began:
                _recordings[began.Call] = began;
                Happened(began.At);
                break;
            case RoomEvent.RecordingEnded ended:
                _recordings.Remove(ended.Call);
                Happened(ended.At);
                break;
        }
    }

    private void MuteEveryone(bool isMuted)
    {
        if (!isMuted)
            Moderation.UnmuteAll();
        else
        {
            foreach (var call in _openCalls.Values.Where(c => !Charter.IsModerator(c.User)))
                Moderation.SetMuted(call.User, isMuted: true);
        }
    }

    private void Happened(DateTimeOffset at) => Latest = at > Latest ? at : Latest;

    /// <summary>Its link broke and it comes again, perhaps before anybody has noticed.</summary>
    private bool IsReturning(Name who, DateTimeOffset now) =>
        Moderation.IsReturning(who, now) || _members.Values.Any(m => m.Who.Name == who && !m.IsBeingPutOut);

    /// <summary>An operator ends its call, whoever was the room's owner when it said so.</summary>
    private bool IsPutOut(SessionId session) => _openCalls.TryGetValue(session, out var call) && _putOut.Contains(call.Call);

    private void PutOut(IEnumerable<RoomEvent.CallStarted> calls) => _putOut.UnionWith(calls.Select(c => c.Call));

    private void Done(CommandId command) => Answers = Answers.With(command, RoomChange.Done);

    /// <summary>A participant's port is in; its call, if it is its first, has been journaled.</summary>
    public void Admit(Participant who, JoiningPort port) => (Find(who.Id) ?? Enter(who)).Add(port);

    /// <summary>A participant was here before this actor was: its node says so.</summary>
    /// <param name="registered">As its node knows it.</param>
    /// <param name="isCurrent">The node has heard of this actor: where it has another port for a service, its port counts.</param>
    /// <returns>What others must be told of: the ports that were not known, or to send otherwise.</returns>
    public IReadOnlyList<JoiningPort> Restore(RegisteredMember registered, bool isCurrent)
    {
        var who = registered.Who;
        var live = registered.Ports.Where(p => !_departed.Contains(who.Id, p.Port)).ToList();
        var leaving = registered.Leaving.Where(p => !_departed.Contains(who.Id, p.Port)).ToList();
        var member = Find(who.Id);
        // Somebody with nothing but departures to come is in only for the sake of a record that is open.
        if (member is null && live.Count == 0 && (leaving.Count == 0 || !HasOpenCall(who.Id)))
            return [];
        member ??= Enter(who);
        member.IsBeingPutOut |= registered.IsBeingPutOut || IsPutOut(who.Id);
        foreach (var port in leaving)
            member.AddLeaving(port);
        var news = new List<JoiningPort>();
        foreach (var port in live)
        {
            var known = member.Find(port.Port);
            bool isTaken = known is null && member.Ports.Any(p => p.Service == port.Service);
            if (isTaken && !isCurrent)
                continue;
            if (known is null || PortSending.Of(known) != PortSending.Of(port))
                news.Add(port);
            member.Add(port);
        }

        return news;
    }

    /// <summary>A port left; it cannot come back.</summary>
    public void Forget(RoomSync.Leave leave) => _departed.Add(leave.Who, leave.Port);

    public void Remove(RoomMember member)
    {
        if (_members.Remove(member.Who.Id))
            Count(member.Who, -1);
    }

    /// <summary>A session's call begins.</summary>
    public static RoomEvent.CallStarted Start(Participant who, DateTimeOffset at) =>
        new(Guid.CreateVersion7(at), who.Name, who.Id.Value, who.NodeName, at);

    private RoomMember Enter(Participant who)
    {
        Count(who, +1);
        return _members[who.Id] = new RoomMember(who);
    }

    private void Count(Participant who, int change)
    {
        int members = _nodes.GetValueOrDefault(who.On).Members + change;
        if (members == 0)
            _nodes.Remove(who.On);
        else
            _nodes[who.On] = (who.Node, members);
    }
}
