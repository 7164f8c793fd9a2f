using Akka.Actor;
using Akka.Cluster;
using Conference.Actors.Cluster;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Sessions;

/// <summary>A node that is about to stop sends its sessions to those that go on: b and c.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(1);

    private readonly Support.Conference _conference = new();
    private FakeClusterNodes _nodes = null!;
    private ClusterNode _b = null!;
    private ClusterNode _c = null!;
    private IActorRef _sessions = null!;

    public async ValueTask InitializeAsync()
    {
        await _conference.InitializeAsync();
        _nodes = new FakeClusterNodes(_conference.Self);
        (_b, _c) = (_nodes.Add("b", 2), _nodes.Add("c", 3));
        _sessions = _conference.Sys.ActorOf(SessionsActor.Props(_conference.ContextOf(1, _nodes), maxSessions: 100));
    }

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Who_asked_for_events_is_told_where_to_go_and_everybody_goes_on_meanwhile()
    {
        var joe = Enter("joe");
        var plain = _conference.SignIn("plain", _sessions);
        Assert.Equal(new DrainProgress(IsDraining: true, 2), Drain());
        Assert.Matches("^114 moving [bc].example.org$", joe.Read());
        ExpectNothing(joe, plain);
        Assert.Equal("303 audio 11002", joe.Ask("CONN audio standup@example.org"));

        // Who asks later is told later, once.
        Assert.Equal("310 session on", plain.Ask("SETP session events on"));
        Assert.Matches("^114 moving [bc].example.org$", plain.Read());
        Assert.Equal("310 session on", plain.Ask("SETP session events on"));
        ExpectNothing(plain);
    }

    [Fact]
    public void Nobody_new_comes_in_and_the_progress_is_told_until_nobody_is_left()
    {
        var joe = _conference.SignIn("joe", _sessions);
        var alice = _conference.SignIn("alice", _sessions);
        Drain();
        Drain();
        var accept = new SessionsCommands.Accept(new RecordingConnection(), "example.org");
        Assert.Equal("server is moving", _conference.Ask<SessionsReplies.Refused>(_sessions, accept).Reason);
        joe.HangUp();
        _conference.AwaitIdle();
        Assert.Equal(new DrainProgress(IsDraining: true, 1), Read());
        Assert.Equal((true, 1), _conference.Metrics.DrainState);
        alice.HangUp();
        _conference.AwaitIdle();
        Assert.Equal(new DrainProgress(IsDraining: true, 0), Read());
    }

    [Fact]
    public void The_nodes_that_stay_take_turns()
    {
        var clients = Enumerable.Range(0, 10).Select(i => Enter($"user-{i}", $"room-{i}")).ToArray();
        Drain();
        Assert.Equal([5, 5], clients.Select(c => c.Read()).CountBy(line => line).Select(l => l.Value));
    }

    [Fact]
    public void Whose_destination_is_gone_is_sent_to_another()
    {
        var clients = Enumerable.Range(0, 4).Select(i => Enter($"user-{i}", $"room-{i}")).ToArray();
        Drain();
        var toB = clients.Where(c => c.Read() == "114 moving b.example.org").ToArray();
        Assert.Equal(2, toB.Length);
        _nodes.Remove(_b);
        _conference.Advance(_soon);
        Assert.All(toB, c => Assert.Equal("114 moving c.example.org", c.Read()));
        ExpectNothing(clients);
    }

    [Fact]
    public void Nobody_is_sent_to_a_node_that_drains_itself_cannot_be_reached_or_leaves()
    {
        var joe = Enter("joe");
        _nodes.Change(_b, n => n with { Card = n.Card! with { IsDraining = true } });
        _nodes.Change(_c, n => n with { IsReachable = false });
        Drain();
        ExpectNothing(joe);
        _nodes.Change(_c, n => n with { IsReachable = true, Status = MemberStatus.Leaving });
        _conference.Advance(_soon);
        ExpectNothing(joe);
        _nodes.Change(_c, n => n with { Status = MemberStatus.Up });
        _conference.Advance(_soon);
        Assert.Equal("114 moving c.example.org", joe.Read());
    }

    [Fact]
    public void A_drain_that_is_called_off_lets_clients_in_again_and_sends_nobody_away()
    {
        var joe = _conference.SignIn("joe", _sessions);
        Drain();
        Assert.Equal(new DrainProgress(IsDraining: false, 1), _conference.Ask<DrainProgress>(_sessions, new SessionsCommands.CallOffDrain()));
        Assert.Equal("310 session on", joe.Ask("SETP session events on"));
        ExpectNothing(joe);
        _conference.SignIn("alice", _sessions);
        Assert.Equal(new DrainProgress(IsDraining: false, 2), Read());
    }

    [Fact]
    public void Alone_there_is_nowhere_to_go()
    {
        _nodes.Remove(_b);
        _nodes.Remove(_c);
        var joe = Enter("joe");
        Drain();
        _conference.Advance(_soon);
        ExpectNothing(joe);
        _nodes.Add("d", 4);
        _conference.Advance(_soon);
        Assert.Equal("114 moving d.example.org", joe.Read());
    }

    /// <summary>Signed in, told of events, and in the room.</summary>
    private Client Enter(string name, string room = "standup")
    {
        var client = _conference.SignIn(name, _sessions);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        Assert.StartsWith("303 video ", client.Ask($"CONN video {room}@example.org"), StringComparison.Ordinal);
        return client;
    }

    private void ExpectNothing(params Client[] clients)
    {
        _conference.AwaitIdle();
        Assert.All(clients, c => c.Connection.ExpectNothing());
    }

    private DrainProgress Drain() => _conference.Ask<DrainProgress>(_sessions, new SessionsCommands.Drain());

    private DrainProgress Read() => _conference.Ask<DrainProgress>(_sessions, new SessionsCommands.ReadDrain());
}
