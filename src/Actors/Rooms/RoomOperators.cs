using Akka.Actor;
using Conference.Actors.Forwarding;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>
/// What operators do to a room, and moderators in it: each command says by whom, a member's session or an operator (null), and takes the same way. Part of
/// the room's actor.
/// </summary>
/// <param name="room">Which.</param>
/// <param name="state">What it knows.</param>
/// <param name="audience">Whom it tells.</param>
/// <param name="lobby">Who waits.</param>
/// <param name="history">What was said.</param>
/// <param name="clock">Its time.</param>
/// <param name="context">Of its actor.</param>
/// <param name="store">Stores events by one write, applies them, and goes on.</param>
/// <param name="sequenceNr">Of the last event stored.</param>
internal sealed class RoomOperators(
    Name room, RoomState state, RoomAudience audience, RoomLobby lobby, RoomHistory history, RoomClock clock, IActorContext context,
    Action<IReadOnlyCollection<RoomEvent>, Action> store, Func<long> sequenceNr)
{
    private static readonly string[] _toldRules =
    [
        RoomSetting.TitleName, RoomSetting.MotdName, RoomSetting.LobbyName, RoomSetting.LockedName, RoomSetting.HistoryName, RoomSetting.PasswordName,
        RoomSetting.OwnerName,
    ];

    /// <summary>There is somebody it concerns, or it is kept.</summary>
    private bool IsHere => state.Kept is not null || state.IsOpen || lobby.Count > 0;

    public void Keep(RoomCommands.Keep keep)
    {
        if (!IsAnswered(keep.Command, sequenceNr()))
            Change([new RoomEvent.RoomKept(keep.MaxMembers, keep.IsLocked, keep.Command)]);
    }

    public void Change(RoomCommands.Change change)
    {
        if (IsAnswered(change.Command, sequenceNr()) || IsRefused(change.By, change.Command))
            return;
        if (!IsHere)
        {
            Answer(change.Command, RoomChange.NotFound);
            return;
        }

        var events = new List<RoomEvent>();
        bool isSetting = (change.MaxMembers is not null || change.IsLocked is not null) && (change.By is null || state.Kept is not null);
        if (isSetting)
            events.Add(new RoomEvent.RoomKept(change.MaxMembers ?? state.MaxMembers, change.IsLocked ?? state.IsLocked, change.Command));
        var asked = change.Rules ?? new RoomRulesChange();
        var rules = (isSetting ? asked : asked with { IsLocked = change.IsLocked ?? asked.IsLocked }).Of(state.Rules);
        if (rules != state.Rules)
            events.Add(new RoomEvent.RulesChanged(rules, change.Command, NameOf(change.By)));
        if (change.Owner is { } owner && owner != state.Charter.Owner)
            events.Add(new RoomEvent.OwnerSet(owner, change.Command));
        if (events.Count > 0)
            Change(events);
        else
            Answer(change.Command, RoomChange.Done);
    }

    public void Close(RoomCommands.Close close)
    {
        if (IsAnswered(close.Command, sequenceNr()))
            return;
        lobby.DecideAll(isAdmitted: false);
        if (state.Kept is null && state.OpenCalls.Count == 0)
        {
            Answer(close.Command, RoomChange.Done);
            return;
        }

        foreach (var member in state.Members.ToArray())
            StartPuttingOut(member, isClosing: true);
        store([new RoomEvent.RoomClosed(close.Command)], () => context.Answer(new RoomAnswer(RoomChange.Done, sequenceNr())));
    }

    /// <summary>To everyone who is in the room now; nothing is stored.</summary>
    public void Announce(RoomCommands.Announce announce)
    {
        if (IsAnswered(announce.Command))
            return;
        var notice = new SessionNotice.Said(Name.Operator.In(room.Domain), Service.Chat, announce.Text);
        foreach (var node in state.Nodes)
            node.Forwarders.Tell(new ForwarderCommands.Said(room, default, notice), ActorRefs.NoSender);
        history.Add(notice);
        Answer(announce.Command, state.IsOpen ? RoomChange.Done : RoomChange.NotFound);
    }

    public void PutOut(RoomCommands.PutOut putOut)
    {
        if (IsAnswered(putOut.Command) || IsRefused(putOut.By, putOut.Command, about: putOut.Member))
            return;
        var members = state.Members.Where(m => m.Who.Name == putOut.Member).ToArray();
        if (members.Length == 0 && !lobby.Has(putOut.Member))
        {
            Answer(putOut.Command, RoomChange.NotFound);
            return;
        }

        // Before it is stored, so that it works while the journal is away. Once it is stored, a later owner repeats it for whoever was not told.
        foreach (var member in members)
            StartPuttingOut(member, isClosing: false);
        lobby.Decide(putOut.Member, isAdmitted: false);
        DateTimeOffset? notBefore = putOut.Minutes is { } minutes ? clock.Now.AddMinutes(minutes) : null;
        Store(new RoomEvent.MemberPutOut(putOut.Member, putOut.Command, IsBarred: true, notBefore, NameOf(putOut.By)));
    }

    public void LetIn(RoomCommands.LetIn letIn)
    {
        if (IsAnswered(letIn.Command) || IsRefused(letIn.By, letIn.Command))
            return;
        if (!state.Moderation.IsPutOut(letIn.Member))
            Answer(letIn.Command, RoomChange.NotFound);
        else
            Store(new RoomEvent.MemberLetIn(letIn.Member, letIn.Command, NameOf(letIn.By)));
    }

    public void Mute(RoomCommands.Mute mute)
    {
        if (IsAnswered(mute.Command) || IsRefused(mute.By, mute.Command, about: mute.Member))
            return;
        bool isThere = state.Members.Any(m => m.Who.Name == mute.Member) || (!mute.IsMuted && state.Moderation.IsMuted(mute.Member));
        if (!isThere)
        {
            Answer(mute.Command, RoomChange.NotFound);
            return;
        }

        store([new RoomEvent.MemberMuted(mute.Member, mute.IsMuted, mute.Command, NameOf(mute.By))], () =>
        {
            // Done once the member's own node has it, through which everything goes.
            var at = state.Members.FirstOrDefault(m => m.Who.Name == mute.Member)?.Who.On;
            audience.Publish(stamp => new RoomNews.Muted(room, stamp, mute.Member, mute.IsMuted), answeredBy: at);
            if (at is null)
                context.Answer(new RoomAnswer(RoomChange.Done));
        });
    }

    /// <summary>Nodes are shown it as a picture: one message, however many it concerns.</summary>
    public void MuteEveryone(RoomCommands.MuteEveryone mute)
    {
        if (IsAnswered(mute.Command) || IsRefused(mute.By, mute.Command))
            return;
        if (!state.IsOpen)
            Answer(mute.Command, RoomChange.NotFound);
        else
            Store(new RoomEvent.EveryoneMuted(mute.IsMuted, mute.Command, NameOf(mute.By)), audience.ShowPictureToAll);
    }

    public void Appoint(RoomCommands.Appoint appoint)
    {
        if (IsAnswered(appoint.Command) || IsRefused(appoint.By, appoint.Command, ownerOnly: true))
            return;
        var moderators = state.Charter.Moderators;
        bool isOne = moderators.Contains(appoint.Member);
        if (appoint.IsModerator ? !IsHere : !isOne)
            Answer(appoint.Command, RoomChange.NotFound);
        else if (appoint.IsModerator && isOne)
            Answer(appoint.Command, RoomChange.Done);
        else if (appoint.IsModerator && moderators.Length >= RoomCharter.MaxModerators)
            Answer(appoint.Command, RoomChange.TooMany);
        else
            Store(new RoomEvent.ModeratorSet(appoint.Member, appoint.IsModerator, appoint.Command, NameOf(appoint.By)), () =>
            {
                string all = string.Join(',', state.Charter.Moderators.Select(m => m.Local));
                TellAll(RoomSetting.ModeratorsName, all.Length == 0 ? RoomSetting.None : all);
                foreach (var member in state.Members.Where(m => m.Who.Name == appoint.Member && state.IsModerator(m.Who)))
                    lobby.TellOfAll(member.Who);
            });
    }

    public void Decide(RoomCommands.Decide decide)
    {
        if (IsAnswered(decide.Command) || IsRefused(decide.By, decide.Command))
            return;
        if (!lobby.Has(decide.Member))
            Answer(decide.Command, RoomChange.NotFound);
        else
            Store(
                decide.IsAdmitted
                    ? new RoomEvent.MemberAdmitted(decide.Member, decide.Command, NameOf(decide.By))
                    : new RoomEvent.MemberTurnedAway(decide.Member, decide.Command, NameOf(decide.By)),
                () => lobby.Decide(decide.Member, decide.IsAdmitted));
    }

    public void Invite(RoomCommands.Invite invite)
    {
        if (IsAnswered(invite.Command) || IsRefused(invite.By, invite.Command))
            return;
        if (!IsHere)
            Answer(invite.Command, RoomChange.NotFound);
        else if (state.Charter.Invitations.Length >= RoomCharter.MaxInvitations)
            Answer(invite.Command, RoomChange.TooMany);
        else
        {
            var invitation = new Invitation(invite.Id, invite.Digest, clock.Now.AddMinutes(invite.Minutes), invite.MaxUses, []);
            Store(new RoomEvent.InvitationMade(invitation, invite.Command, NameOf(invite.By)));
        }
    }

    public void Withdraw(RoomCommands.Withdraw withdraw)
    {
        if (IsAnswered(withdraw.Command) || IsRefused(withdraw.By, withdraw.Command))
            return;
        if (!state.Charter.Invitations.Any(i => i.Id == withdraw.Id))
            Answer(withdraw.Command, RoomChange.NotFound);
        else
            Store(new RoomEvent.InvitationWithdrawn(withdraw.Id, withdraw.Command, NameOf(withdraw.By)));
    }

    /// <summary>Somebody comes in: it hears what the others have been told before.</summary>
    public void TellNewcomer(Participant who)
    {
        foreach (string parameter in (string[])[RoomSetting.TitleName, RoomSetting.MotdName])
        {
            if (ValueOf(parameter) is not RoomSetting.None and var value)
                who.Session.Tell(new SessionNotice.RoomTold(room, parameter, value), ActorRefs.NoSender);
        }

        if (state.IsModerator(who))
            lobby.TellOfAll(who);
        history.TellAll(who.Session);
    }

    private void Change(IReadOnlyCollection<RoomEvent> events)
    {
        var before = _toldRules.ToDictionary(p => p, ValueOf);
        string? password = state.Rules.PasswordHash;
        bool keptHistory = state.Rules.KeepsHistory;
        store(events, () =>
        {
            foreach (string parameter in _toldRules.Where(p => ValueOf(p) != before[p] || (p == RoomSetting.PasswordName && state.Rules.PasswordHash != password)))
                TellAll(parameter, ValueOf(parameter));
            if (state.Rules.KeepsHistory != keptHistory)
            {
                history.Clear();
                audience.ShowPictureToAll();
            }

            if (!state.HasLobby)
                lobby.DecideAll(isAdmitted: true);
            context.Answer(new RoomAnswer(RoomChange.Done, sequenceNr()));
        });
    }

    private string ValueOf(string parameter) => parameter switch
    {
        RoomSetting.TitleName => state.Rules.Title ?? RoomSetting.None,
        RoomSetting.MotdName => state.Rules.MessageOfTheDay ?? RoomSetting.None,
        RoomSetting.LobbyName => OnOff.ToText(state.HasLobby),
        RoomSetting.LockedName => OnOff.ToText(state.IsLocked),
        RoomSetting.HistoryName => OnOff.ToText(state.Rules.KeepsHistory),
        RoomSetting.PasswordName => OnOff.ToText(state.Rules.PasswordHash is not null),
        _ => state.Charter.Owner?.Local ?? RoomSetting.None,
    };

    private void TellAll(string parameter, string value)
    {
        foreach (var node in state.Nodes)
            node.Forwarders.Tell(new ForwarderCommands.Told(room, new SessionNotice.RoomTold(room, parameter, value)), ActorRefs.NoSender);
    }

    /// <summary>Its ports close on its node, and leave with what went through them.</summary>
    private void StartPuttingOut(RoomMember member, bool isClosing)
    {
        if (member.IsBeingPutOut)
            return;
        member.IsBeingPutOut = true;
        audience.Publish(stamp => new RoomNews.PutOut(room, stamp, member.Who.Id, isClosing));
    }

    private Name? NameOf(SessionId? by) => by is { } session ? state.Find(session)?.Who.Name : null;

    /// <param name="by">Who asks; null for an operator, who may do everything.</param>
    /// <param name="command">What it is answered by.</param>
    /// <param name="ownerOnly">No moderator may, but the owner.</param>
    /// <param name="about">Who is to suffer it: not the owner.</param>
    private bool IsRefused(SessionId? by, CommandId command, bool ownerOnly = false, Name? about = null)
    {
        if (by is not { } session)
            return false;
        var who = state.Find(session) is { IsBeingPutOut: false } member ? member.Who : null;
        bool may = who is not null && (ownerOnly ? state.Charter.IsOwner(who, room) : state.IsModerator(who));
        bool isAboutOwner = about is { } name && name == state.Charter.Owner && name != who?.Name;
        if (may && !isAboutOwner)
            return false;
        Answer(command, RoomChange.NotAllowed);
        return true;
    }

    /// <summary>Stored, then told, then answered.</summary>
    private void Store(RoomEvent happened, Action? then = null) => store([happened], () =>
    {
        then?.Invoke();
        context.Answer(new RoomAnswer(RoomChange.Done));
    });

    /// <summary>Asked again: told again, and nothing is done twice.</summary>
    private bool IsAnswered(CommandId command, long sequenceNr = 0)
    {
        if (state.Answers.Find(command) is not { } answer)
            return false;
        context.Answer(new RoomAnswer(answer, sequenceNr));
        return true;
    }

    private void Answer(CommandId command, RoomChange answer)
    {
        state.Answers = state.Answers.With(command, answer);
        context.Answer(new RoomAnswer(answer));
    }
}
