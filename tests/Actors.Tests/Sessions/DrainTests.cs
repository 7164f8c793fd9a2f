using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Sessions;

/// <summary>A node that is about to stop sends its sessions to those that go on.</summary>
public sealed class DrainTests : ThreeNodes
{
    [Fact]
    public void Who_asked_for_events_is_told_where_to_go_and_everybody_goes_on_meanwhile()
    {
        var joe = A.Enter("joe");
        var plain = A.SignIn("plain");
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
        var joe = A.SignIn("joe");
        var alice = A.SignIn("alice");
        Drain();
        Drain();
        Assert.Equal("server is moving", A.Ask<SessionsReplies.Refused>(A.Actors.Sessions, Accept).Reason);
        joe.HangUp();
        Cluster.AwaitIdle();
        Assert.Equal(new DrainProgress(IsDraining: true, 1), Read());
        alice.HangUp();
        Cluster.AwaitIdle();
        Assert.Equal(new DrainProgress(IsDraining: true, 0), Read());
    }

    [Fact]
    public void The_nodes_that_stay_take_turns()
    {
        var clients = Enumerable.Range(0, 10).Select(i => A.Enter($"user-{i}", $"room-{i}")).ToArray();
        Drain();
        Assert.Equal([5, 5], clients.Select(c => c.Read()).CountBy(line => line).Select(l => l.Value));
    }

    [Fact]
    public void Whose_destination_is_gone_is_sent_to_another()
    {
        var clients = Enumerable.Range(0, 4).Select(i => A.Enter($"user-{i}", $"room-{i}")).ToArray();
        Drain();
        foreach (var client in clients)
            client.Read();
        Cluster.Crash(B, heir: C);
        ExpectNothing(clients.Where((_, i) => i % 2 == 1).ToArray());
        Assert.All(clients.Where((_, i) => i % 2 == 0), c => Assert.Equal("114 moving c.example.org", c.Read()));
    }

    [Fact]
    public void A_drain_that_is_called_off_lets_clients_in_again_and_sends_nobody_away()
    {
        var joe = A.SignIn("joe");
        Drain();
        Assert.Equal(new DrainProgress(IsDraining: false, 1), A.Ask<DrainProgress>(A.Actors.Sessions, new SessionsCommands.CallOffDrain()));
        Assert.Equal("310 session on", joe.Ask("SETP session events on"));
        ExpectNothing(joe);
        A.SignIn("alice");
        Assert.Equal(new DrainProgress(IsDraining: false, 2), Read());
    }

    [Fact]
    public void Alone_there_is_nowhere_to_go()
    {
        Cluster.Crash(B, heir: A);
        Cluster.Crash(C, heir: A);
        var joe = A.Enter("joe");
        Drain();
        ExpectNothing(joe);
        var other = Cluster.Join("d");
        Assert.Equal("114 moving d.example.org", joe.Read());
        Assert.Equal("204 joe-2", other.Connect().Ask("AUTH ANONYMOUS joe-2"));
    }

    private static SessionsCommands.Accept Accept => new(new RecordingConnection(), "example.org");

    private DrainProgress Drain() => A.Ask<DrainProgress>(A.Actors.Sessions, new SessionsCommands.Drain());

    private DrainProgress Read() => A.Ask<DrainProgress>(A.Actors.Sessions, new SessionsCommands.ReadDrain());
}
