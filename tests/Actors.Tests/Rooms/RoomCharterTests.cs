using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Who runs a room, and how one comes in, as its events alone decide.</summary>
public sealed class RoomCharterTests
{
    private static readonly DateTimeOffset _start = DateTimeOffset.UnixEpoch.AddDays(1);
    private static readonly Name _joe = Name.Parse("joe"), _bob = Name.Parse("bob");

    private readonly RoomState _state = new(RoomMakings.Room, new RoomOptions());

    [Fact]
    public void A_room_is_claimed_by_who_opens_it_and_has_proved_to_be_somebody()
    {
        Assert.Equal(_joe, _state.ClaimOf(Join("joe", isProven: true), _start));
        Assert.Null(_state.ClaimOf(Join("joe"), _start));
        Assert.Equal(RoomMakings.Room, _state.ClaimOf(Join("joe", isProven: true) with { IsOfAccount = true }, _start));
        Start("bob", 1, _start);
        Assert.Null(_state.ClaimOf(Join("joe", isProven: true), _start));
    }

    [Fact]
    public void What_was_decided_is_over_when_the_room_has_closed_and_not_before()
    {
        Start("joe", 1, _start);
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        _state.Apply(new RoomEvent.RulesChanged(RoomRules.None with { HasLobby = true, Title = "x" }, CommandId.New(), _joe));
        _state.Apply(new RoomEvent.MemberAdmitted(_bob, CommandId.New(), _joe));
        End(1, _start.AddMinutes(1));
        var soon = _start.AddMinutes(10);
        Assert.Equal(_joe, _state.CharterAt(soon).Owner);
        Assert.IsType<Entrance.ByLobby>(_state.EntranceOf(Join("carol"), soon));
        Assert.IsType<Entrance.Open>(_state.EntranceOf(Join("bob"), soon));
        var late = _start.AddMinutes(12);
        Assert.Null(_state.CharterAt(late).Owner);
        Assert.IsType<Entrance.Open>(_state.EntranceOf(Join("carol"), late));
        Start("carol", 2, late);
        Assert.Equal((null, null), (_state.Charter.Owner, _state.Rules.Title));
    }

    [Fact]
    public void A_kept_room_keeps_all_of_it_and_one_that_is_closed_nothing()
    {
        Start("joe", 1, _start);
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        _state.Apply(new RoomEvent.RoomKept(10, false, CommandId.New()));
        End(1, _start.AddMinutes(1));
        Start("bob", 2, _start.AddDays(30));
        Assert.Equal(_joe, _state.Charter.Owner);
        _state.Apply(new RoomEvent.RoomClosed(CommandId.New()));
        Assert.Equal(RoomCharter.None, _state.Charter);
    }

    [Fact]
    public void An_invitation_counts_persons_and_ends()
    {
        _state.Apply(new RoomEvent.RulesChanged(RoomRules.None with { HasLobby = true, PasswordHash = "kept" }, CommandId.New()));
        var invitation = new Invitation(Guid.NewGuid(), "digest", _start.AddMinutes(5), 1, []);
        _state.Apply(new RoomEvent.InvitationMade(invitation, CommandId.New()));
        var bob = Join("bob") with { Invitation = "digest" };
        Assert.Equal(new Entrance.Open(invitation.Id), _state.EntranceOf(bob, _start));
        _state.Apply(new RoomEvent.InvitationUsed(invitation.Id, _bob));
        _state.Apply(new RoomEvent.InvitationUsed(invitation.Id, _bob));
        Assert.Single(_state.Charter.Invitations[0].UsedBy);
        Assert.Equal(new Entrance.Open(), _state.EntranceOf(bob, _start));
        Assert.Equal(new Entrance.Refused(SessionOutcome.Refused.NoSuchInvitation), _state.EntranceOf(Join("carol") with { Invitation = "digest" }, _start));
        Assert.Equal(new Entrance.Refused(SessionOutcome.Refused.NoSuchInvitation), _state.EntranceOf(bob, _start.AddMinutes(5)));
        Assert.Equal(new Entrance.Refused(SessionOutcome.Refused.PasswordRequired), _state.EntranceOf(Join("carol"), _start));
        Assert.Equal(new Entrance.Refused(SessionOutcome.Refused.WrongPassword), _state.EntranceOf(Join("carol") with { ProvedHash = "" }, _start));
        // What was right before the password was changed is right no more.
        Assert.Equal(new Entrance.Refused(SessionOutcome.Refused.WrongPassword), _state.EntranceOf(Join("carol") with { ProvedHash = "before" }, _start));
        Assert.IsType<Entrance.ByLobby>(_state.EntranceOf(Join("carol") with { ProvedHash = "kept" }, _start));
    }

    [Fact]
    public void Who_only_calls_themselves_by_the_owners_name_is_not_the_owner()
    {
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        _state.Apply(new RoomEvent.ModeratorSet(_bob, true, CommandId.New()));
        Assert.True(_state.IsModerator(Who("joe", isProven: true)));
        Assert.False(_state.IsModerator(Who("joe")));
        Assert.False(_state.IsModerator(Who("standup")));
        Assert.True(_state.IsModerator(Who("standup", isProven: true)));
        Assert.True(_state.IsModerator(Who("bob")));
        _state.Apply(new RoomEvent.ModeratorSet(_bob, false, CommandId.New()));
        Assert.False(_state.IsModerator(Who("bob")));
    }

    [Fact]
    public void A_lock_keeps_out_all_but_moderators()
    {
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        _state.Apply(new RoomEvent.RulesChanged(RoomRules.None with { IsLocked = true }, CommandId.New()));
        Assert.Equal("room is locked", _state.Refuse(Join("bob"), _start));
        Assert.Equal("room is locked", _state.Refuse(Join("joe"), _start));
        Assert.Null(_state.Refuse(Join("joe", isProven: true), _start));
        // An operator who keeps the room says by that whether it is locked.
        _state.Apply(new RoomEvent.RoomKept(10, false, CommandId.New()));
        Assert.Null(_state.Refuse(Join("bob"), _start));
    }

    [Fact]
    public void A_snapshot_holds_it_and_one_of_before_holds_none()
    {
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        _state.Apply(new RoomEvent.MemberPutOut(_bob, CommandId.New(), true, _start.AddMinutes(5), _joe));
        var again = new RoomState(RoomMakings.Room, new RoomOptions());
        again.Recover(_state.Snapshot);
        Assert.Equal(_joe, again.Charter.Owner);
        Assert.True(again.Moderation.Bars(_bob, _start));
        Assert.False(again.Moderation.Bars(_bob, _start.AddMinutes(5)));
        var before = new RoomState(RoomMakings.Room, new RoomOptions());
        var old = _state.Snapshot.Moderation! with { PutOut = [_bob], NotBefore = null };
        before.Recover(_state.Snapshot with { Charter = null, Moderation = old });
        Assert.Equal(RoomCharter.None, before.Charter);
        Assert.True(before.Moderation.Bars(_bob, _start.AddYears(1)));
    }

    [Fact]
    public void Who_waits_for_a_room_that_has_closed_waits_for_another()
    {
        Start("joe", 1, _start);
        _state.Apply(new RoomEvent.OwnerSet(_joe));
        End(1, _start.AddMinutes(1));
        _state.Apply(new RoomEvent.MemberWaiting(_bob, _start.AddHours(1)));
        Assert.Null(_state.Charter.Owner);
        Assert.Equal(_joe, _state.ClaimOf(Join("joe", isProven: true), _start.AddHours(1)));
    }

    private static Participant Who(string name, bool isProven = false) => RoomMakings.Who(name, 7, 1) with { IsProven = isProven };

    private static RoomCommands.Join Join(string name, bool isProven = false) => new(RoomMakings.Room, Who(name, isProven), RoomMakings.Port(1));

    private void Start(string name, int session, DateTimeOffset at) => _state.Apply(new RoomEvent.CallStarted(Id(session), Name.Parse(name), session, "node-1", at));

    private void End(int session, DateTimeOffset at) => _state.Apply(new RoomEvent.CallEnded(Id(session), at, CallEnd.Left, CallTotals.None));

    private static Guid Id(int session) => new(session, 0, 0, new byte[8]);
}
