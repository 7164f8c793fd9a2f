using Akka.Actor;
using Akka.TestKit;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging.Abstractions;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Users;

/// <summary>
/// A user's actor has begun anew on this node, and sessions on this or another may be that user still: until it is known, nobody else is. The user
/// stands under a probe that is its shard; the nodes are probes.
/// </summary>
public sealed class NameGapTests : IAsyncLifetime
{
    private static readonly Name _joe = Name.Parse("joe");

    private readonly Support.Conference _conference = new();
    private FakeClusterNodes _nodes = null!;
    private TestProbe _here = null!;
    private TestProbe _there = null!;
    private TestProbe _shard = null!;
    private ClusterNode _other = null!;

    public async ValueTask InitializeAsync()
    {
        await _conference.InitializeAsync();
        (_here, _there, _shard) = (_conference.CreateTestProbe(), _conference.CreateTestProbe(), _conference.CreateTestProbe());
        _nodes = new FakeClusterNodes(_conference.Self);
        _other = _nodes.Add("b", 2);
        _nodes.NodeActors[_conference.Self] = _here.Ref;
        _nodes.NodeActors[_other.Id] = _there.Ref;
    }

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void A_stranger_waits_until_every_node_has_said_that_nobody_there_has_the_name()
    {
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        ExpectNothing(stranger);
        Assert.Equal(_joe, _here.ExpectMsg<NodeCommands.IsSignedIn>().User);
        Assert.Equal(_joe, _there.ExpectMsg<NodeCommands.IsSignedIn>().User);
        _here.Reply(new SignedInHere(_conference.Self, IsHere: false));
        ExpectNothing(stranger);
        _there.Reply(new SignedInHere(_other.Id, IsHere: false));
        Assert.Equal(user, stranger.ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void Where_a_node_says_nothing_a_stranger_waits_two_seconds_and_no_longer()
    {
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        _here.ExpectMsg<NodeCommands.IsSignedIn>();
        _here.Reply(new SignedInHere(_conference.Self, IsHere: false));
        _conference.Advance(TimeSpan.FromSeconds(1.9));
        ExpectNothing(stranger);
        _conference.Advance(TimeSpan.FromSeconds(0.2));
        Assert.NotNull(stranger.ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void Where_somebody_has_the_name_the_others_not_having_it_is_not_enough()
    {
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        _there.ExpectMsg<NodeCommands.IsSignedIn>();
        _there.Reply(new SignedInHere(_other.Id, IsHere: true));
        _here.ExpectMsg<NodeCommands.IsSignedIn>();
        _here.Reply(new SignedInHere(_conference.Self, IsHere: false));
        ExpectNothing(stranger);

        Assert.NotNull(Ask(user, SignIn(1) with { IsAgain = true }).ExpectMsg<SignInAnswer>().User);
        Assert.Null(stranger.ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void The_session_of_before_that_signs_in_again_is_let_in_at_once_and_keeps_its_name()
    {
        var user = Begin();
        var strangers = Enumerable.Range(7, 3).Select(i => Ask(user, SignIn(i))).ToArray();
        var session = _conference.CreateTestProbe();
        Assert.Equal(user, Ask(user, SignIn(1) with { IsAgain = true, Session = session.Ref }).ExpectMsg<SignInAnswer>().User);
        Assert.All(strangers, s => Assert.Null(s.ExpectMsg<SignInAnswer>().User));

        // From here on it is as ever: no gap opens again while it is here, and the name is free when it goes.
        Assert.Null(Ask(user, SignIn(9)).ExpectMsg<SignInAnswer>().User);
        _conference.Sys.Stop(session.Ref);
        _conference.AwaitIdle();
        Assert.NotNull(Ask(user, SignIn(9)).ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void Nobody_is_told_that_the_name_is_free_or_taken_before_it_is_known()
    {
        var user = Begin();
        var found = Ask(user, new UserQueries.Find(_joe));
        var entering = Ask(user, new UserCommands.Enter(new RoomCommands.Join(_joe, Who("alice", 3, 1) with { On = _conference.Self }, Port(1))));
        _conference.AwaitIdle();
        ExpectNothing(found);
        Assert.Equal(0, _conference.Journal.CountOf(EntityIds.Room(_joe)));

        Ask(user, SignIn(1) with { IsAgain = true }).ExpectMsg<SignInAnswer>();
        Assert.True(found.ExpectMsg<UserPresence>().IsOnline);
        _conference.Until(() => _conference.Journal.CountOf(EntityIds.Room(_joe)) > 0, "alice has been let into joe's room");
        Assert.False(entering.HasMessages);
    }

    [Fact]
    public void Words_for_the_name_wait_too_and_come_to_whom_they_were_meant_for()
    {
        var user = Begin();
        var session = _conference.CreateTestProbe();
        user.Tell(
            new UserCommands.DeliverChat(_joe, new RoomCommands.Say(_joe, new SessionId(3), Name.Parse("alice"), Service("chat"), "hello")), ActorRefs.NoSender);
        // What is told and not asked is not handed to the next actor, should this one end; while it lives, it is kept like a question.
        Ask(user, SignIn(1) with { IsAgain = true, Session = session.Ref }).ExpectMsg<SignInAnswer>();
        Assert.Equal("hello", session.ExpectMsg<SessionNotice.Said>().Text);
    }

    [Fact]
    public void Who_proves_who_it_is_does_not_wait()
    {
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        Assert.NotNull(Ask(user, SignIn(2) with { IsAuthenticated = true }).ExpectMsg<SignInAnswer>().User);
        Assert.Null(stranger.ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void The_name_of_an_account_is_nobodys_to_wait_for()
    {
        _conference.Journal.Given(_conference.Sys, EntityIds.User(_joe), [new UserEvent.AccountCreated("hash", CommandId.New())]);
        var user = Begin();
        Assert.Null(Ask(user, SignIn(7)).ExpectMsg<SignInAnswer>().User);
        Assert.False(Ask(user, new UserQueries.Find(_joe)).ExpectMsg<UserPresence>().IsOnline);
    }

    [Fact]
    public void Whoever_waits_when_the_shard_goes_on_is_handed_to_the_next_owner()
    {
        var region = _conference.CreateTestProbe();
        global::Akka.Hosting.ActorRegistry.For(_conference.Sys).Register<UserActor>(region.Ref, overwrite: true);
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        ExpectNothing(stranger);
        user.Tell(StopEntity.Instance, ActorRefs.NoSender);
        Assert.Equal(new SessionId(7), region.ExpectMsg<UserCommands.SignIn>().Id);
        Assert.Equal(stranger.Ref, region.LastSender);
    }

    [Fact]
    public void A_node_that_is_alone_keeps_nobody_waiting()
    {
        var user = Begin(isAlone: true);
        Assert.NotNull(Ask(user, SignIn(7)).ExpectMsg<SignInAnswer>().User);
        Assert.False(_here.HasMessages);
    }

    [Fact]
    public void Alone_too_the_name_of_a_user_that_failed_is_kept_for_its_session()
    {
        var joe = _conference.SignIn("joe");
        _conference.Guard.MayAct = false;
        Assert.Equal("503 try again", joe.Ask("STAT joe@example.org away"));
        _conference.AwaitIdle();
        _conference.Guard.MayAct = true;
        var stranger = _conference.Connect();
        stranger.Say("AUTH ANONYMOUS joe");
        string? answer = null;
        // The session has been told "try again" itself, and does so in its own time.
        _conference.AdvanceUntil(() => (answer ??= stranger.Connection.TryRead(TimeSpan.Zero)) is not null, "the stranger is answered");
        Assert.Equal("504 name in use", answer);
        Assert.Equal("202 online", stranger.Ask("STAT joe@example.org"));
    }

    [Fact]
    public void As_long_as_a_node_has_a_session_by_the_name_it_is_waited_for()
    {
        var user = Begin();
        var stranger = Ask(user, SignIn(7));
        for (int i = 0; i < 5; i++)
        {
            _there.ExpectMsg<NodeCommands.IsSignedIn>();
            _there.Reply(new SignedInHere(_other.Id, IsHere: true));
            _conference.Advance(TimeSpan.FromSeconds(2));
            ExpectNothing(stranger);
        }

        // It hung up instead of coming back.
        _there.ExpectMsg<NodeCommands.IsSignedIn>();
        _there.Reply(new SignedInHere(_other.Id, IsHere: false));
        _conference.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull(stranger.ExpectMsg<SignInAnswer>().User);
    }

    [Fact]
    public void A_user_that_ends_before_it_is_known_whose_its_name_is_leaves_that_to_the_next()
    {
        var shards = new ShardTenures(new EntityExtractor(), isAlone: true, _conference.Time);
        shards.Interrupted(EntityIds.Of(_joe));
        var user = Begin(shards);
        _conference.AwaitIdle();
        _conference.Guard.MayAct = false;
        Ask(user, SignIn(1) with { IsAgain = true }).ExpectMsg<Unavailable>();
        _conference.AwaitIdle();
        _conference.Guard.MayAct = true;
        _conference.Advance(TimeSpan.FromMinutes(1));
        var next = Begin(shards);
        var stranger = Ask(next, SignIn(7));
        ExpectNothing(stranger);
        Ask(next, SignIn(1) with { IsAgain = true }).ExpectMsg<SignInAnswer>();
        Assert.Null(stranger.ExpectMsg<SignInAnswer>().User);
    }

    private static UserCommands.SignIn SignIn(long session) => new(_joe, new SessionId(session), ActorRefs.Nobody);

    private IActorRef Begin(bool isAlone = false) => Begin(new ShardTenures(new EntityExtractor(), isAlone, _conference.Time));

    private IActorRef Begin(ShardTenures shards) => _shard.ChildActorOf(UserActor.Props(
        _joe, new EntityContext(_conference.Guard, AlwaysWell.Instance, _nodes, _conference.Metrics, NullLogger.Instance), shards));

    private TestProbe Ask(IActorRef user, object question)
    {
        var asker = _conference.CreateTestProbe();
        user.Tell(question is UserCommands.SignIn { Session: { } session } signIn && session.IsNobody() ? signIn with { Session = asker.Ref } : question, asker.Ref);
        return asker;
    }

    private void ExpectNothing(TestProbe probe)
    {
        _conference.AwaitIdle();
        Assert.False(probe.HasMessages);
    }
}
