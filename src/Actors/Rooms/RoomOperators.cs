using Akka.Actor;
using Conference.Actors.Forwarding;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>What operators do to a room. Part of the room's actor.</summary>
/// <param name="room">Which.</param>
/// <param name="state">What it knows.</param>
/// <param name="audience">Whom it tells.</param>
/// <param name="context">Of its actor.</param>
/// <param name="store">Stores an event, applies it, and goes on.</param>
/// <param name="sequenceNr">Of the last event stored.</param>
internal sealed class RoomOperators(
    Name room, RoomState state, RoomAudience audience, IActorContext context, Action<RoomEvent, Action> store, Func<long> sequenceNr)
{
    public void Keep(RoomCommands.Keep keep)
    {
        if (!IsAnswered(keep.Command, sequenceNr()))
            Keep(keep.MaxMembers, keep.IsLocked, keep.Command);
    }

    public void Change(RoomCommands.Change change)
    {
        if (IsAnswered(change.Command, sequenceNr()))
            return;
        if (state.Kept is null && !state.IsOpen)
            Answer(change.Command, RoomChange.NotFound);
        else
            Keep(change.MaxMembers ?? state.MaxMembers, change.IsLocked ?? state.IsLocked, change.Command);
    }

    public void Close(RoomCommands.Close close)
    {
        if (IsAnswered(close.Command, sequenceNr()))
            return;
        if (state.Kept is null && state.OpenCalls.Count == 0)
        {
            Answer(close.Command, RoomChange.Done);
            return;
        }

        foreach (var member in state.Members.ToArray())
            StartPuttingOut(member, isClosing: true);
        store(new RoomEvent.RoomClosed(close.Command), () => context.Answer(new RoomAnswer(RoomChange.Done, sequenceNr())));
    }

    /// <summary>To everyone who is in the room now; nothing is stored.</summary>
    public void Announce(RoomCommands.Announce announce)
    {
        if (IsAnswered(announce.Command))
            return;
        var notice = new SessionNotice.Said(Name.Operator.In(room.Domain), Service.Chat, announce.Text);
        foreach (var node in state.Nodes)
            node.Forwarders.Tell(new ForwarderCommands.Said(room, default, notice), ActorRefs.NoSender);
        Answer(announce.Command, state.IsOpen ? RoomChange.Done : RoomChange.NotFound);
    }

    public void PutOut(RoomCommands.PutOut putOut)
    {
        if (IsAnswered(putOut.Command))
            return;
        var members = state.Members.Where(m => m.Who.Name == putOut.Member).ToArray();
        if (members.Length == 0)
        {
            Answer(putOut.Command, RoomChange.NotFound);
            return;
        }

        // Before it is stored, so that it works while the journal is away. Once it is stored, a later owner repeats it for whoever was not told.
        foreach (var member in members)
            StartPuttingOut(member, isClosing: false);
        store(new RoomEvent.MemberPutOut(putOut.Member, putOut.Command, IsBarred: true), () => context.Answer(new RoomAnswer(RoomChange.Done)));
    }

    public void LetIn(RoomCommands.LetIn letIn)
    {
        if (IsAnswered(letIn.Command))
            return;
        if (!state.Moderation.IsPutOut(letIn.Member))
            Answer(letIn.Command, RoomChange.NotFound);
        else
            store(new RoomEvent.MemberLetIn(letIn.Member, letIn.Command), () => context.Answer(new RoomAnswer(RoomChange.Done)));
    }

    public void Mute(RoomCommands.Mute mute)
    {
        if (IsAnswered(mute.Command))
            return;
        bool isThere = state.Members.Any(m => m.Who.Name == mute.Member) || (!mute.IsMuted && state.Moderation.IsMuted(mute.Member));
        if (!isThere)
        {
            Answer(mute.Command, RoomChange.NotFound);
            return;
        }

        store(new RoomEvent.MemberMuted(mute.Member, mute.IsMuted, mute.Command), () =>
        {
            // Done once the member's own node has it, through which everything goes.
            var at = state.Members.FirstOrDefault(m => m.Who.Name == mute.Member)?.Who.On;
            audience.Publish(stamp => new RoomNews.Muted(room, stamp, mute.Member, mute.IsMuted), answeredBy: at);
            if (at is null)
                context.Answer(new RoomAnswer(RoomChange.Done));
        });
    }

    private void Keep(int maxMembers, bool isLocked, CommandId command) =>
        store(new RoomEvent.RoomKept(maxMembers, isLocked, command), () => context.Answer(new RoomAnswer(RoomChange.Done, sequenceNr())));

    /// <summary>Its ports close on its node, and leave with what went through them.</summary>
    private void StartPuttingOut(RoomMember member, bool isClosing)
    {
        if (member.IsBeingPutOut)
            return;
        member.IsBeingPutOut = true;
        audience.Publish(stamp => new RoomNews.PutOut(room, stamp, member.Who.Id, isClosing));
    }

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
