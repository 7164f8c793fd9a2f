using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Rooms;

/// <summary>Messages between nodes are lost. What they said is known all the same, soon.</summary>
public sealed class RoomNewsLostTests : ThreeNodes
{
    [Fact]
    public void A_node_that_sees_a_gap_asks_for_the_picture()
    {
        var joe = A.Enter("joe");
        Lose(C, A);
        B.Enter("alice");
        LoseNothing();
        Assert.Empty(A.Peers());
        B.Enter("bob");

        Assert.Equal(["110 joined alice@example.org", "110 joined bob@example.org"], new[] { joe.Read(), joe.Read() }.Order());
        ExpectNothing(joe);
        Assert.Equal(2, A.Peers().Count());
    }

    [Fact]
    public void The_last_thing_said_is_known_at_the_next_comparison()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe);
        Lose(C, A);
        alice.Ask("DCON video standup@example.org");
        LoseNothing();
        Cluster.Advance(10);
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Empty(A.Peers());
    }

    [Fact]
    public void A_node_that_was_cut_off_for_long_knows_all_once_it_is_not()
    {
        var joe = A.Enter("joe");
        for (int i = 0; i < 10; i++)
            B.Enter($"old-{i}");
        Quiet(joe);
        Cluster.Cut(A, C);
        foreach (int i in Enumerable.Range(0, 10))
            B.Enter($"new-{i}");
        B.Ask<SessionOutcome.Done>(B.Actors.Rooms, new RoomCommands.PutOut(Room, Name.Parse("old-3"), CommandId.New()));
        // It is done when his node knows: nobody is told so yet.
        B.Actors.Rooms.Tell(new RoomCommands.Mute(Room, Name.Parse("joe"), IsMuted: true, CommandId.New()), ActorRefs.NoSender);
        Cluster.Advance(30);
        Assert.Equal(10, A.Peers().Count());
        Assert.False(Assert.Single(A.Routes().Ports).Muted);

        Cluster.Mend(A, C);
        Cluster.AwaitIdle();
        Assert.Equal(19, A.Peers().Count());
        Assert.True(Assert.Single(A.Routes().Ports).Muted);
        Cluster.AwaitIdle();
        var told = new List<string>();
        while (joe.Connection.TryRead(TimeSpan.Zero) is { } line)
            told.Add(line);
        Assert.Equal(11, told.Count);
        Assert.Contains("111 left old-3@example.org", told);
    }

    [Fact]
    public void A_join_whose_answer_was_lost_is_asked_for_again_and_is_one_join()
    {
        var joe = A.Enter("joe");
        Quiet(joe);
        var alice = B.SignIn("alice");
        Lose(C, B);
        alice.Say("CONN video standup@example.org");
        Cluster.AwaitIdle();
        Assert.Equal("110 joined alice@example.org", joe.Read());
        LoseNothing();
        Cluster.Advance(1);
        Assert.StartsWith("303 video ", alice.Read(), StringComparison.Ordinal);
        Cluster.AwaitIdle();
        Assert.Single(B.Peers());
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);
    }

    [Fact]
    public void A_join_that_is_answered_again_does_not_hide_what_was_missed_in_between()
    {
        var alice = B.SignIn("alice");
        Cluster.Cut(A, B);
        // Her room hears of it, she does not.
        Lose(C, B);
        alice.Say("CONN video standup@example.org");
        Cluster.AwaitIdle();
        A.Enter("joe");
        LoseNothing();
        Cluster.Advance(1);
        Assert.StartsWith("303 video ", alice.Read(), StringComparison.Ordinal);
        Cluster.AwaitIdle();
        Assert.Equal([A.Node.Id.Value], B.Peers());
    }

    [Fact]
    public void A_join_that_nobody_was_told_of_in_time_leaves_no_ghost()
    {
        var joe = A.Enter("joe");
        Quiet(joe);
        var alice = B.SignIn("alice");
        Lose(C, B);
        alice.Say("CONN video standup@example.org");
        Cluster.AwaitIdle();
        Assert.Equal("110 joined alice@example.org", joe.Read());
        Cluster.Advance(5);
        Assert.Equal("503 try again", alice.Read());
        Assert.Empty(B.Plane.Open);
        LoseNothing();
        Cluster.Until(() => CallOf("alice").Ended is not null, "alice's call has ended");
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Equal(["joe"], List(joe));
        Assert.Empty(A.Peers());
    }

    [Fact]
    public void Whoever_was_put_out_unheard_is_out_once_the_node_hears_again()
    {
        var joe = A.Enter("joe");
        var alice = B.Enter("alice");
        Quiet(joe, alice);
        Lose(C, B);
        A.Ask<SessionOutcome.Done>(A.Actors.Rooms, new RoomCommands.PutOut(Room, Name.Parse("alice"), CommandId.New()));
        Cluster.AwaitIdle();
        Assert.Empty(A.Peers());
        LoseNothing();
        Cluster.Advance(10);
        Assert.Equal("111 left alice@example.org", alice.Read());
        Assert.Equal("111 left alice@example.org", joe.Read());
        Assert.Equal(CallEnd.PutOut, CallOf("alice").End);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void However_many_messages_links_refuse_all_nodes_agree_in_the_end(int seed)
    {
        var random = new Random(seed);
        var clients = new List<Client>();
        Cluster.Cluster.RefusedPercent = 30;
        for (int i = 0; i < 30; i++)
        {
            var node = random.Next(3) switch { 0 => A, 1 => B, _ => C };
            if (clients.Count > 3 && random.Next(3) == 0)
            {
                int index = random.Next(clients.Count);
                clients[index].HangUp();
                clients.RemoveAt(index);
            }
            else
            {
                var client = node.Connect();
                client.Say("CONN video standup@example.org");
                Answer(client);
                if (client.Read().StartsWith("303", StringComparison.Ordinal))
                    clients.Add(client);
            }
        }

        Cluster.Cluster.RefusedPercent = 0;
        Cluster.Advance(15);
        Assert.Equal(clients.Count, List(clients[0]).Count);
        int here = new[] { A, B, C }.Sum(n => n.Plane.Open.Count);
        Assert.Equal(clients.Count, here);
        foreach (var node in new[] { A, B, C }.Where(n => !n.Plane.Open.IsEmpty))
        {
            Assert.Equal(node.Plane.Open.Keys.OrderBy(p => p.Value), node.Routes().Ports.Select(p => p.Port).OrderBy(p => p.Value));
            Assert.Equal(clients.Count - node.Plane.Open.Count, node.Routes().Remote.Length);
        }

        Assert.Equal(clients.Count, Cluster.Calls.Count(c => c.Ended is null));
    }

    /// <summary>What is asked again is asked again by the second.</summary>
    private void Answer(Client client)
    {
        for (int i = 0; i < 12 && !SpinWait.SpinUntil(() => client.Connection.Answers == 1, TimeSpan.FromMilliseconds(20)); i++)
            Cluster.Advance(0.5);
        Assert.Equal(1, client.Connection.Answers);
    }
}
