using System.Globalization;
using Conference.Actors.Persistence;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>What operators see and do.</summary>
public sealed partial class RoomActor
{
    private void Keep(RoomCommands.Keep keep)
    {
        if (IsAnswered(keep.Command))
            return;
        var kept = new RoomJournalEvent.RoomKept(keep.MaxMembers, keep.IsLocked, keep.Command);
        string details = string.Create(
            CultureInfo.InvariantCulture, $$"""{"maxMembers":{{keep.MaxMembers}},"locked":{{(keep.IsLocked ? "true" : "false")}}}""");
        Persist(
            kept,
            _ =>
            {
                Apply(kept);
                Context.Answer(new SessionOutcome.Done());
            },
            new ReadModelChange.Present(new DirectoryEntry(DirectoryKind.Room, _name, details)));
    }

    private void Close(RoomCommands.Close close)
    {
        if (IsAnswered(close.Command))
            return;
        if (_state.Kept is null && _state.OpenCalls.Count == 0)
        {
            Answer(close.Command, new SessionOutcome.Done());
            return;
        }

        foreach (var member in _state.Members.ToArray())
            StartPuttingOut(member);

        var closed = new RoomJournalEvent.RoomClosed(close.Command);
        Persist(
            closed,
            _ =>
            {
                Apply(closed);
                Context.Answer(new SessionOutcome.Done());
            },
            new ReadModelChange.Absent(DirectoryKind.Room, _name));
    }

    private void PutOut(RoomCommands.PutOut putOut)
    {
        if (IsAnswered(putOut.Command))
            return;
        var members = _state.Members.Where(m => m.Who.Name == putOut.Member).ToArray();
        if (members.Length == 0)
        {
            Answer(putOut.Command, new SessionOutcome.NotFound());
            return;
        }

        // At once, should the journal be away; once it is stored, the next owner does it too, where somebody has not heard.
        foreach (var member in members)
            StartPuttingOut(member);
        var happened = new RoomJournalEvent.MemberPutOut(putOut.Member, putOut.Command);
        Persist(happened, _ =>
        {
            Apply(happened);
            Context.Answer(new SessionOutcome.Done());
        });
    }

    /// <summary>Its ports close on its node, and leave with what went through them.</summary>
    private void StartPuttingOut(RoomMember member)
    {
        if (member.IsBeingPutOut)
            return;
        member.IsBeingPutOut = true;
        Publish(stamp => new RoomEvent.PutOut(_name, stamp, member.Who.Id));
    }

    private void Mute(RoomCommands.Mute mute)
    {
        if (IsAnswered(mute.Command))
            return;
        if (_state.Members.All(m => m.Who.Name != mute.Member))
        {
            Answer(mute.Command, new SessionOutcome.NotFound());
            return;
        }

        var muted = new RoomJournalEvent.MemberMuted(mute.Member, mute.IsMuted, mute.Command);
        Persist(muted, _ =>
        {
            Apply(muted);
            // Done once the member's own node has it, through which everything goes.
            var at = _state.Members.FirstOrDefault(m => m.Who.Name == mute.Member)?.Who.On;
            Publish(stamp => new RoomEvent.Muted(_name, stamp, mute.Member, mute.IsMuted), answeredBy: at);
            if (at is null)
                Context.Answer(new SessionOutcome.Done());
        });
    }

    /// <summary>Asked again: told again, and nothing is done twice.</summary>
    private bool IsAnswered(CommandId command)
    {
        if (_state.Answers.Find(command) is not { } answer)
            return false;
        Context.Answer(answer);
        return true;
    }

    private void Answer(CommandId command, SessionOutcome answer)
    {
        _state.Answers = _state.Answers.With(command, answer);
        Context.Answer(answer);
    }

    private RoomDetails Details() => new(
        _name, _state.Kept is not null, _state.IsLocked, _state.MaxMembers,
        [.. _state.Members.Select(m => new MemberDetails(
            m.Who.Name, m.Who.Id, m.Who.NodeName, [.. m.Shown.Services], _state.IsMuted(m.Who.Name),
            _state.Since(m.Who.Id) ?? Now))]);
}
