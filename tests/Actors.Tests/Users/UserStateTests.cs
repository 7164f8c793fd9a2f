using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Users;

/// <summary>Whose a name is.</summary>
public sealed class UserStateTests
{
    private static readonly DateTimeOffset _now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, false, false, true)]
    [InlineData(false, true, false, false)]
    [InlineData(true, false, false, true)]
    [InlineData(true, true, false, true)]
    [InlineData(true, false, true, false)]
    [InlineData(true, true, true, true)]
    public void An_account_is_for_those_who_prove_it_and_a_password_needs_an_account(
        bool isAuthenticated, bool hasAccount, bool needsAccount, bool may)
    {
        var state = hasAccount ? UserState.Absent.With(new UserEvent.AccountCreated("hash", CommandId.New())) : UserState.Absent;
        Assert.Equal(may, state.Refuse(SignIn(1, isAuthenticated) with { NeedsAccount = needsAccount }, _now) is null);
    }

    [Fact]
    public void A_name_that_only_one_said_is_that_ones_until_it_goes()
    {
        var state = UserState.Absent.With(SignIn(1));
        Assert.Null(state.Refuse(SignIn(1), _now));
        Assert.NotNull(state.Refuse(SignIn(2), _now));
        Assert.Null(state.WithoutSession(new SessionId(1)).Refuse(SignIn(2), _now));
    }

    [Fact]
    public void Who_proves_it_puts_out_who_only_said_so_and_nobody_else()
    {
        var said = UserState.Absent.With(SignIn(1));
        Assert.Equal([new SessionId(1)], said.ImpostorsBeside(SignIn(2, isAuthenticated: true)).Keys);
        // Its own session, which proves it now, is no impostor.
        Assert.Empty(said.ImpostorsBeside(SignIn(1, isAuthenticated: true)));
        Assert.Empty(said.ImpostorsBeside(SignIn(1)));
        var proved = said.With(SignIn(2, isAuthenticated: true));
        Assert.Equal([new SessionId(2)], proved.Sessions.Keys);
        Assert.Empty(proved.ImpostorsBeside(SignIn(3, isAuthenticated: true)));
        Assert.Equal(2, proved.With(SignIn(3, isAuthenticated: true)).Sessions.Count);
        Assert.NotNull(proved.Refuse(SignIn(4), _now));
    }

    [Fact]
    public void A_status_outlives_the_sessions_of_who_can_come_back_and_no_others()
    {
        var away = new UserEvent.StatusSet(UserStatus.Away, CommandId.New());
        var guest = UserState.Absent.With(SignIn(1)).With(away).WithoutSession(new SessionId(1));
        Assert.Equal(UserStatus.Online, guest.Status);
        var user = UserState.Absent.With(SignIn(1, isAuthenticated: true)).With(SignIn(2, isAuthenticated: true)).With(away);
        Assert.Equal(UserStatus.Away, user.WithoutSession(new SessionId(1)).WithoutSession(new SessionId(2)).Status);
        Assert.False(user.WithoutSession(new SessionId(1)).WithoutSession(new SessionId(2)).IsAuthenticated);
        Assert.Equal(UserStatus.Online, user.With(new UserEvent.AccountRemoved(CommandId.New())).Status);
    }

    [Fact]
    public void What_its_events_come_to_is_in_the_snapshot()
    {
        var (created, changed, set) = (CommandId.New(), CommandId.New(), CommandId.New());
        var state = UserState.Absent
            .With(new UserEvent.AccountCreated("one", created)).With(new UserEvent.PasswordChanged("two", changed)).With(new UserEvent.StatusSet(UserStatus.Busy, set));
        var again = UserState.Absent.With(state.Snapshot);
        Assert.Equal(("two", UserStatus.Busy), (again.PasswordHash, again.Status));
        Assert.Equal(AccountChange.Created, again.Answers.Find(created));
        Assert.Equal(AccountChange.PasswordChanged, again.Answers.Find(changed));
        Assert.Equal(UserStatus.Busy, again.StatusAnswers.Find(set));
    }

    [Fact]
    public void The_name_of_a_removed_account_is_nobodys_for_a_day_but_a_new_accounts()
    {
        var removed = UserState.Absent.With(new UserEvent.AccountCreated("hash", CommandId.New())).With(new UserEvent.AccountRemoved(CommandId.New(), _now));
        foreach (var state in (UserState[])[removed, UserState.Absent.With(removed.Snapshot)])
        {
            Assert.Equal("name taken", state.Refuse(SignIn(1), _now.AddHours(23.9)));
            Assert.Null(state.Refuse(SignIn(1), _now.AddHours(24)));
            // By a token, which says who it is.
            Assert.Null(state.Refuse(SignIn(1, isAuthenticated: true), _now));
            Assert.Equal("account removed", state.Refuse(SignIn(1, isAuthenticated: true) with { NeedsAccount = true }, _now));
        }

        Assert.Null(removed.With(new UserEvent.AccountCreated("other", CommandId.New())).RemovedAt);
        // As earlier releases removed them.
        Assert.Null(UserState.Absent.With(new UserEvent.AccountRemoved(CommandId.New())).Refuse(SignIn(1), _now));
    }

    [Fact]
    public void A_password_that_was_changed_since_it_was_proved_is_not_good_any_more()
    {
        var (created, changed) = (CommandId.New(), CommandId.New());
        var account = UserState.Absent.With(new UserEvent.AccountCreated("one", created));
        var proved = SignIn(1, isAuthenticated: true) with { NeedsAccount = true, PasswordSetBy = created };
        Assert.Null(account.Refuse(proved, _now));
        foreach (var state in (UserState[])[account.With(new UserEvent.PasswordChanged("two", changed)), UserState.Absent.With(account.With(new UserEvent.PasswordChanged("two", changed)).Snapshot)])
        {
            Assert.Equal("password changed, sign in again", state.Refuse(proved, _now));
            Assert.Null(state.Refuse(proved with { PasswordSetBy = changed }, _now));
        }
    }

    [Fact]
    public void Secrets_do_not_reach_a_log()
    {
        Assert.DoesNotContain("hash", new UserEvent.AccountCreated("hash", CommandId.New()).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", new UserEvent.PasswordChanged("hash", CommandId.New()).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new UserSnapshot("secret", UserStatus.Online, [], []).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new UserCredential("secret").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new UserCommands.SetPassword(Name.Parse("joe"), "secret", CommandId.New()).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new RoomCommands.Say(Name.Parse("a"), new SessionId(1), Name.Parse("joe"), default, "secret").ToString(), StringComparison.Ordinal);
    }

    private static UserCommands.SignIn SignIn(long session, bool isAuthenticated = false) =>
        new(Name.Parse("joe"), new SessionId(session), ActorRefs.Nobody, isAuthenticated);
}
