using Conference.Actors.Sessions;
using Conference.Actors.Tests.Nodes.Harness;

namespace Conference.Actors.Tests.Nodes;

/// <summary>A node that is about to stop sends its sessions to those that go on.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class SessionsDrainTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    private static SessionsCommands.Accept Accept => new(new ClientConnection("192.0.2.1"), "example.org");

    [Fact]
    public void Who_asked_for_events_is_told_where_to_go_and_everybody_goes_on_meanwhile()
    {
        var joe = Enter(A, "joe");
        var plain = SignIn(A, "plain");
        Assert.Equal(new DrainProgress(IsDraining: true, 2), Drain());
        Assert.Matches("^114 moving [bc].example.org$", joe.Read());
        ExpectNothing(joe, plain);
        Assert.StartsWith("303 audio", joe.Ask($"CONN audio {Standup}@example.org"), StringComparison.Ordinal);

        // Who asks later is told later, once.
        Assert.Equal("310 session on", plain.Ask("SETP session events on"));
        Assert.Matches("^114 moving [bc].example.org$", plain.Read());
        Assert.Equal("310 session on", plain.Ask("SETP session events on"));
        ExpectNothing(plain);
    }

    [Fact]
    public void Nobody_new_comes_in_and_the_progress_is_told_until_nobody_is_left()
    {
        var joe = SignIn(A, "joe");
        var alice = SignIn(A, "alice");
        Drain();
        Drain();
        Assert.Equal("server is moving", A.Ask<SessionsReplies.Refused>(A.Sessions, Accept).Reason);
        joe.HangUp();
        Await(() => Assert.Equal(new DrainProgress(IsDraining: true, 1), Read()));
        alice.HangUp();
        Await(() => Assert.Equal(new DrainProgress(IsDraining: true, 0), Read()));
    }

    [Fact]
    public void The_nodes_that_stay_take_turns()
    {
        var clients = Enumerable.Range(0, 10).Select(i => A.Enter(Of($"user-{i}"), Of($"room-{i}"))).ToArray();
        Drain();
        Assert.Equal([5, 5], clients.Select(c => c.Read()).CountBy(line => line).Select(l => l.Value));
    }

    [Fact]
    public void Whose_destination_is_gone_is_sent_to_another()
    {
        var clients = Enumerable.Range(0, 4).Select(i => A.Enter(Of($"user-{i}"), Of($"room-{i}"))).ToArray();
        Drain();
        string[] told = [.. clients.Select(c => c.Read())];
        Cluster.Crash(B);
        Cluster.Skip(1);
        Assert.All(clients.Where((_, i) => told[i] == "114 moving b.example.org"), c => Assert.Equal("114 moving c.example.org", c.Read()));
        ExpectNothing([.. clients.Where((_, i) => told[i] == "114 moving c.example.org")]);
    }

    [Fact]
    public void A_drain_that_is_called_off_lets_clients_in_again_and_sends_nobody_away()
    {
        var joe = SignIn(A, "joe");
        Drain();
        Assert.Equal(new DrainProgress(IsDraining: false, 1), A.Ask<DrainProgress>(A.Sessions, new SessionsCommands.CallOffDrain()));
        Assert.Equal("310 session on", joe.Ask("SETP session events on"));
        ExpectNothing(joe);
        SignIn(A, "alice");
        Assert.Equal(new DrainProgress(IsDraining: false, 2), Read());
    }

    [Fact]
    public async Task Alone_there_is_nowhere_to_go()
    {
        Cluster.Crash(B);
        Cluster.Crash(C);
        var joe = Enter(A, "joe");
        Drain();
        ExpectNothing(joe);
        var other = await Cluster.JoinAsync("d");
        Cluster.Skip(1);
        Assert.Equal("114 moving d.example.org", joe.Read());
        Assert.Equal($"204 {Of("joe-2")}", other.Connect().Ask($"AUTH ANONYMOUS {Of("joe-2")}"));
    }

    [Fact]
    public void Nodes_that_drain_too_are_no_place_to_go()
    {
        var clients = Enumerable.Range(0, 4).Select(i => A.Enter(Of($"user-{i}"), Of($"room-{i}"))).ToArray();
        B.Peers.Tell(new Actors.Cluster.PeerMessages.SetDraining(true), Akka.Actor.ActorRefs.NoSender);
        Await(() => Assert.True(A.Nodes.Find(B.Id)!.Card!.IsDraining));
        Drain();
        Assert.All(clients, c => Assert.Equal("114 moving c.example.org", c.Read()));
        B.Peers.Tell(new Actors.Cluster.PeerMessages.SetDraining(false), Akka.Actor.ActorRefs.NoSender);
        Await(() => Assert.False(A.Nodes.Find(B.Id)!.Card!.IsDraining));
    }

    public override ValueTask DisposeAsync()
    {
        if (A.IsAlive)
            A.Ask<DrainProgress>(A.Sessions, new SessionsCommands.CallOffDrain());
        return base.DisposeAsync();
    }

    private DrainProgress Drain() => A.Ask<DrainProgress>(A.Sessions, new SessionsCommands.Drain());

    private DrainProgress Read() => A.Ask<DrainProgress>(A.Sessions, new SessionsCommands.ReadDrain());
}
