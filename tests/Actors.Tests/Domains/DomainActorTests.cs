using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Support;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Domains;

/// <summary>Domains are made, changed and removed while people are in them.</summary>
public sealed class DomainActorTests : IAsyncLifetime
{
    private static readonly Domain _acme = Domain.Parse("acme.example"), _globex = Domain.Parse("globex.example");

    private readonly DomainTable _table = new(new ServedHosts(["example.org"], []));
    private readonly Contents _contents = new();
    private readonly Support.Conference _conference;

    public DomainActorTests() => _conference = new Support.Conference
    {
        More = options => options with
        {
            Policy = new SessionPolicy(_table, AuthenticationRequired: false),
            Domains = _table,
            DomainUse = new DomainUse(_table, TimeProvider.System),
            DomainContents = _contents,
        },
    };

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_domain_that_was_made_is_served_and_its_rules_hold()
    {
        Assert.Equal("501 standup is not here", _conference.Connect().Ask("HELO standup@acme.example"));
        Assert.Equal(DomainChange.Made, Put(_acme));
        Assert.Equal("201 standup is here", _conference.Connect().Ask("HELO standup@acme.example"));

        Assert.Equal(DomainChange.Changed, Put(_acme, new DomainRules(SignInRequired: true, RoomsOnDemand: false)));
        Assert.Equal("503 authentication required", _conference.Connect().Ask("CONN video standup@acme.example"));
        Assert.Equal("501 standup is not here", _conference.Connect().Ask("HELO standup@acme.example"));
        Assert.Equal("201 standup is here", _conference.Connect().Ask("HELO standup@example.org"));
    }

    [Fact]
    public void Rooms_hold_as_many_as_their_domain_says()
    {
        Put(_acme, new DomainRules(MaxMembers: 1));
        Assert.StartsWith("303 ", _conference.Connect().Ask("CONN video standup@acme.example"), StringComparison.Ordinal);
        Assert.Equal("503 room is full", _conference.Connect().Ask("CONN video standup@acme.example"));
    }

    [Fact]
    public void A_domain_that_is_full_says_so_and_no_other_notices()
    {
        Put(_acme, new DomainRules(MaxSessions: 2, MaxRooms: 1));
        Put(_globex);
        var joe = Join("joe@acme.example");
        var guest = _conference.Connect();
        Assert.Equal("503 acme.example is full", guest.Ask("CONN video other@acme.example"));
        Assert.StartsWith("303 ", guest.Ask("CONN video standup@acme.example"), StringComparison.Ordinal);
        Assert.Equal("503 acme.example is full", _conference.Connect().Ask("CONN video standup@acme.example"));
        Assert.Equal("504 acme.example is full", _conference.Connect().Ask("AUTH ANONYMOUS ann@acme.example"));
        Join("ann@globex.example");

        // Who goes makes room: a session, and with its last member a room.
        guest.HangUp();
        _conference.AwaitIdle();
        Assert.Equal("204 ann", _conference.Connect().Ask("AUTH ANONYMOUS ann@acme.example"));
        joe.HangUp();
        _conference.AwaitIdle();
        Assert.StartsWith("303 ", _conference.Connect().Ask("CONN video other@acme.example"), StringComparison.Ordinal);
    }

    [Fact]
    public void So_many_join_in_a_minute_and_no_more()
    {
        Put(_acme, new DomainRules(JoinsPerMinute: 2));
        var client = Join("joe@acme.example");
        Assert.StartsWith("303 ", client.Ask("CONN audio standup@acme.example"), StringComparison.Ordinal);
        Assert.StartsWith("303 ", client.Ask("CONN video standup@acme.example"), StringComparison.Ordinal);
        Assert.Equal("503 acme.example is full", client.Ask("CONN video other@acme.example"));
    }

    [Fact]
    public void Two_joes_never_meet()
    {
        Put(_acme);
        Put(_globex);
        var (acme, globex) = (Join("joe@acme.example"), Join("joe@globex.example"));
        var (ann, bob) = (Join("ann@acme.example"), Join("bob@globex.example"));
        Assert.Equal("110 joined ann@acme.example", acme.Read());
        Assert.Equal("110 joined bob@globex.example", globex.Read());

        Assert.Equal("202 busy", acme.Ask("STAT joe@acme.example busy"));
        Assert.Equal("202 busy", ann.Ask("STAT joe@acme.example"));
        Assert.Equal("202 online", bob.Ask("STAT joe@globex.example"));
        Assert.Equal("402 status not available", bob.Ask("STAT ann@globex.example"));

        ann.Say("SEND chat for acme");
        Assert.Equal("203 chat for acme", acme.Read());
        _conference.AwaitIdle();
        globex.Connection.ExpectNothing();
        bob.Connection.ExpectNothing();

        Assert.Equal("211 joe video", acme.Ask("LIST standup@acme.example"));
        Assert.Equal("211 ann video", acme.Read());
        Assert.Equal("211 end", acme.Read());
        Assert.Equal(
            ["ann@acme.example", "bob@globex.example", "joe@acme.example", "joe@globex.example"],
            _conference.Calls.Select(c => c.User.ToString()).Order(StringComparer.Ordinal));
        Assert.All(_conference.Calls, c => Assert.Equal(c.User.Domain, c.Room.Domain));
        Assert.Equal(2, _conference.Plane.Applied.Select(r => r.Room).Distinct().Count());
    }

    [Fact]
    public void Whoever_is_called_by_a_user_of_another_domain_is_not()
    {
        Put(_acme);
        var joe = _conference.Connect();
        joe.Ask("AUTH ANONYMOUS joe@acme.example");
        joe.Ask("SETP session events on");
        var stranger = _conference.Connect();
        stranger.Ask("HELO joe@example.org");
        Assert.Equal("503 not allowed", stranger.Ask("CONN video joe@acme.example"));
        stranger.Say("SEND chat hello");
        _conference.AwaitIdle();
        joe.Connection.ExpectNothing();
        Assert.Equal("112 call video guest-3@acme.example", Called());

        string Called()
        {
            Assert.StartsWith("303 ", _conference.Connect().Ask("CONN video joe@acme.example"), StringComparison.Ordinal);
            return joe.Read();
        }
    }

    [Fact]
    public void A_domain_that_is_removed_ends_its_calls_with_words_and_gives_its_names_free()
    {
        Put(_acme);
        var account = new UserCommands.SetPassword(Name.Parse("joe", _acme), "hash", CommandId.New());
        Assert.Equal(AccountChange.Created, _conference.Ask<AccountAnswer>(_conference.Users, account).Change);
        _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Keep(Name.Parse("standup", _acme), 5, false, CommandId.New()));
        var (ann, other) = (Join("ann@acme.example"), Join("ann@example.org"));
        _contents.Say(new DomainContents([Name.Parse("joe", _acme)], [Name.Parse("standup", _acme)]));

        Assert.Equal(DomainChange.Removed, Remove(_acme));
        Assert.Equal("421 acme.example is gone", ann.Read());
        Assert.Equal("503 acme.example is not served here", _conference.Connect().Ask("CONN video standup@acme.example"));
        Assert.Equal("504 not served here", _conference.Connect().Ask("AUTH ANONYMOUS joe@acme.example"));
        _conference.AdvanceUntil(() => Read(_acme).Standing == DomainStanding.None, "the domain is gone");

        Assert.False(_conference.Ask<UserPresence>(_conference.Users, new UserQueries.Find(Name.Parse("joe", _acme))).HasAccount);
        Assert.False(_conference.Ask<RoomPresence>(_conference.Rooms, new RoomQueries.Find(Name.Parse("standup", _acme))).IsKept);
        var call = Assert.Single(_conference.Calls, c => c.User.Domain == _acme);
        Assert.Equal(CallEnd.PutOut, call.End);
        Assert.Equal("200 ok", other.Ask("NOOP"));

        // Made again, nothing is left, and no name rests.
        Assert.Equal(DomainChange.Made, Put(_acme));
        Assert.Equal("204 joe", _conference.Connect().Ask("AUTH ANONYMOUS joe@acme.example"));
    }

    [Fact]
    public void Nothing_comes_into_a_domain_on_its_way_out()
    {
        Put(_acme);
        _contents.Say(new DomainContents([Name.Parse("joe", _acme)], []), times: 1000);
        Remove(_acme);
        var (joe, standup) = (Name.Parse("joe", _acme), Name.Parse("standup", _acme));
        Assert.Equal(
            AccountChange.NotFound, _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.SetPassword(joe, "hash", CommandId.New())).Change);
        Assert.Equal(RoomChange.NotFound, _conference.Ask<RoomAnswer>(_conference.Rooms, new RoomCommands.Keep(standup, 5, false, CommandId.New())).Change);
        Assert.Equal(
            SignedOut.DomainGone(_acme),
            _conference.Ask<SignInAnswer>(_conference.Users, new UserCommands.SignIn(joe, new SessionId(1), _conference.CreateTestProbe().Ref)).Why);
        Assert.Equal(DomainChange.IsBeingRemoved, Put(_acme));
    }

    [Fact]
    public void A_removal_goes_on_where_the_one_before_stopped()
    {
        Put(_acme);
        _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.SetPassword(Name.Parse("joe", _acme), "hash", CommandId.New()));
        _contents.Say(new DomainContents([Name.Parse("joe", _acme)], []), times: 1);
        Remove(_acme);
        var watcher = _conference.CreateTestProbe();
        _conference.Sys.ActorSelection("/system/sharding/domains/*/acme.example").Tell(new Identify(1), watcher.Ref);
        var actor = watcher.ExpectMsg<ActorIdentity>().Subject;
        watcher.Watch(actor);
        actor.Tell(Kill.Instance);
        watcher.ExpectTerminated(actor);

        Assert.Equal(DomainStanding.Removing, Read(_acme).Standing);
        _conference.AdvanceUntil(() => Read(_acme).Standing == DomainStanding.None, "the domain is gone");
        Assert.False(_conference.Ask<UserPresence>(_conference.Users, new UserQueries.Find(Name.Parse("joe", _acme))).HasAccount);
    }

    [Fact]
    public void A_removal_waits_for_lists_that_cannot_be_read()
    {
        Put(_acme);
        _contents.Failure = new StoreUnavailableException("away");
        Remove(_acme);
        _conference.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(DomainStanding.Removing, Read(_acme).Standing);
        _contents.Failure = null;
        _conference.AdvanceUntil(() => Read(_acme).Standing == DomainStanding.None, "the domain is gone");
    }

    [Fact]
    public void A_removal_ends_though_a_list_shows_what_nobody_knows_of()
    {
        Put(_acme);
        _contents.Say(new DomainContents([Name.Parse("nobody", _acme)], [Name.Parse("nowhere", _acme)]), times: 1000);
        Remove(_acme);
        _conference.AdvanceUntil(() => Read(_acme).Standing == DomainStanding.None, "the domain is gone");
    }

    [Fact]
    public void More_than_one_step_holds_is_removed_by_several()
    {
        Put(_acme);
        Name[] users = [.. Enumerable.Range(0, 60).Select(i => Name.Parse($"user-{i}", _acme))];
        foreach (var user in users)
            _conference.Ask<AccountAnswer>(_conference.Users, new UserCommands.SetPassword(user, "hash", CommandId.New()));
        _contents.Say(new DomainContents(users[..50], []), times: 2);
        _contents.Say(new DomainContents(users[50..], []));
        Remove(_acme);
        _conference.AdvanceUntil(() => Read(_acme).Standing == DomainStanding.None, "the domain is gone");
        Assert.All(users, user => Assert.False(_conference.Ask<UserPresence>(_conference.Users, new UserQueries.Find(user)).HasAccount));
    }

    [Fact]
    public void A_command_that_is_asked_again_is_answered_again_and_not_done_twice()
    {
        var put = new DomainCommands.Put(_acme, DomainRules.None, CommandId.New());
        var first = Ask<DomainAnswer>(put);
        Assert.Equal(first, Ask<DomainAnswer>(put));
        Assert.Equal(1, _conference.Journal.CountOf(EntityIds.Domain(_acme)));
        var remove = new DomainCommands.Remove(_acme, CommandId.New());
        Assert.Equal(Ask<DomainAnswer>(remove).Change, Ask<DomainAnswer>(remove).Change);
        Assert.Equal(DomainChange.NotFound, Remove(_globex));
    }

    [Fact]
    public void Who_signs_in_while_its_domain_goes_is_told_so()
    {
        Put(_acme);
        var (asked, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        _conference.Journal.HoldReplay = id =>
        {
            if (id != EntityIds.User(Name.Parse("joe", _acme)))
                return Task.CompletedTask;
            asked.TrySetResult();
            return held.Task;
        };
        var joe = _conference.Connect();
        joe.Say("AUTH ANONYMOUS joe@acme.example");
        _conference.Until(() => asked.Task.IsCompleted, "joe is asked");
        Remove(_acme);
        held.SetResult();
        Assert.Equal("504 name in use", joe.Read());
        Assert.Equal("501 standup is not here", joe.Ask("HELO standup@acme.example"));
    }

    private Client Join(string name)
    {
        var client = _conference.Connect();
        Assert.StartsWith("204 ", client.Ask($"AUTH ANONYMOUS {name}"), StringComparison.Ordinal);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        Assert.StartsWith("303 ", client.Ask($"CONN video standup@{name.Split('@')[1]}"), StringComparison.Ordinal);
        return client;
    }

    private DomainChange Put(Domain domain, DomainRules? rules = null) =>
        Heard(Ask<DomainAnswer>(new DomainCommands.Put(domain, rules ?? DomainRules.None, CommandId.New())));

    private DomainChange Remove(Domain domain) => Heard(Ask<DomainAnswer>(new DomainCommands.Remove(domain, CommandId.New())));

    /// <summary>This node has taken note by then.</summary>
    private DomainChange Heard(DomainAnswer answer)
    {
        _conference.AwaitIdle();
        return answer.Change;
    }

    private DomainRecord Read(Domain domain) => Ask<DomainRecord>(new DomainQueries.Read(domain));

    private T Ask<T>(object question)
    {
        var probe = _conference.CreateTestProbe();
        ActorRegistry.For(_conference.Sys).Get<DomainActor>().Tell(question, probe.Ref);
        _conference.AdvanceUntil(() => probe.HasMessages, "the domain answers");
        return probe.ExpectMsg<T>();
    }

    /// <summary>What is listed of a domain, as the test says.</summary>
    private sealed class Contents : IDomainContents
    {
        private readonly Queue<DomainContents> _said = new();

        public Exception? Failure { get; set; }

        public void Say(DomainContents contents, int times = 1)
        {
            for (int i = 0; i < times; i++)
                _said.Enqueue(contents);
        }

        public Task<DomainContents> ReadAsync(Domain domain, int most) =>
            Failure is { } failure ? Task.FromException<DomainContents>(failure) : Task.FromResult(_said.TryDequeue(out var contents) ? contents : new([], []));
    }
}
