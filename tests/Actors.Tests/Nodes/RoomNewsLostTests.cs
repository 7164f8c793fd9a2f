using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes;

/// <summary>Messages between nodes are lost. What they said is known all the same, soon.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class RoomNewsLostTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    [Fact]
    public void A_node_that_sees_a_gap_asks_for_the_picture()
    {
        var joe = Enter(A, "joe");
        Lose(C, A);
        Enter(B, "alice");
        Cluster.Settle();
        LoseNothing();
        Assert.Empty(A.Peered(Standup));
        Cluster.Wire.ForgetSent();
        Enter(B, "bob");

        string[] told = [joe.Read(), joe.Read()];
        Assert.Equal([Joined(Of("alice")), Joined(Of("bob"))], told.Order());
        ExpectNothing(joe);
        Assert.Equal(2, A.Peered(Standup).Count);
        Assert.Equal(1, Cluster.Wire.Sent("r.catchup", "a", "c"));
        Assert.Equal(1, Cluster.Wire.Sent("f.picture", "c", "a"));
    }

    [Fact]
    public void That_somebody_records_is_known_though_the_news_of_it_was_lost()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        Lose(C, A);
        alice.Ask("SETP session recording on");
        Cluster.Settle();
        LoseNothing();
        ExpectNothing(joe);
        Cluster.Skip(10);
        Assert.Equal(Recording(Of("alice")), joe.Read());
        ExpectNothing(joe);
    }

    [Fact]
    public void The_last_thing_said_is_known_at_the_next_comparison()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        Lose(C, A);
        alice.Ask($"DCON video {Standup}@example.org");
        Cluster.Settle();
        LoseNothing();
        ExpectNothing(joe);
        Cluster.Skip(10);
        Assert.Equal(Left(Of("alice")), joe.Read());
        Assert.Empty(A.Peered(Standup));
    }

    [Fact]
    public void A_node_that_was_cut_off_for_long_knows_all_once_it_is_not()
    {
        var joe = Enter(A, "joe");
        for (int i = 0; i < 10; i++)
            Enter(B, $"old-{i}");
        Quiet(joe);
        Cluster.Wire.Cut("a", "c");
        foreach (int i in Enumerable.Range(0, 10))
            Enter(B, $"new-{i}");
        B.AskRoom<RoomAnswer>(new RoomCommands.PutOut(Room, Name.Parse(Of("old-3")), CommandId.New()));
        // It is done when his node knows: nobody is told so yet.
        B.Rooms.Tell(new RoomCommands.Mute(Room, Name.Parse(Of("joe")), IsMuted: true, CommandId.New()), ActorRefs.NoSender);
        Cluster.Skip(30);
        Assert.Equal(10, A.Peered(Standup).Count);
        Assert.False(Assert.Single(A.Routes(Standup)!.Ports).Muted);

        Cluster.Wire.Mend("a", "c");
        Await(() => Assert.Equal(19, A.Peered(Standup).Count));
        Await(() => Assert.True(Assert.Single(A.Routes(Standup)!.Ports).Muted));
        Cluster.Settle();
        var told = joe.ReadAll();
        Assert.Equal(12, told.Count);
        Assert.Contains(Muted(Of("joe")), told);
        Assert.Contains(Left(Of("old-3")), told);
    }

    [Fact]
    public void A_join_whose_answer_was_lost_is_asked_for_again_and_is_one_join()
    {
        var joe = Enter(A, "joe");
        Quiet(joe);
        var alice = SignIn(B, "alice");
        Lose(C, B);
        alice.Say(Video(Standup));
        Assert.Equal(Joined(Of("alice")), joe.Read());
        LoseNothing();
        Assert.StartsWith("303 video ", alice.Read(), StringComparison.Ordinal);
        Await(() => Assert.Single(B.Peered(Standup)));
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);
    }

    [Fact]
    public void A_join_that_was_lost_on_its_way_is_asked_for_again()
    {
        var joe = Enter(A, "joe");
        Quiet(joe);
        var alice = SignIn(B, "alice");
        int left = 1;
        Cluster.Wire.Carries = m => m.Manifest != "u.enter" || Interlocked.Decrement(ref left) < 0;
        Assert.StartsWith("303 video ", alice.Ask(Video(Standup)), StringComparison.Ordinal);
        Assert.Equal(Joined(Of("alice")), joe.Read());
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);
    }

    [Fact]
    public void A_join_that_is_answered_again_does_not_hide_what_was_missed_in_between()
    {
        var alice = SignIn(B, "alice");
        Cluster.Wire.Cut("a", "b");
        // Her room hears of it, she does not.
        Lose(C, B);
        alice.Say(Video(Standup));
        Await(() => Assert.Single(Calls));
        Enter(A, "joe");
        LoseNothing();
        Assert.StartsWith("303 video ", alice.Read(), StringComparison.Ordinal);
        Await(() => Assert.Equal([A.Id.Value], B.Peered(Standup)));
    }

    [Fact]
    public void A_join_that_nobody_was_told_of_in_time_leaves_no_ghost()
    {
        var joe = Enter(A, "joe");
        Quiet(joe);
        var alice = SignIn(B, "alice");
        Lose(C, B);
        alice.Say(Video(Standup));
        Assert.Equal(Joined(Of("alice")), joe.Read());
        // The session's deadline, by the clock on the wall.
        Assert.Equal("503 try again", alice.Read());
        Await(() => Assert.Empty(B.OpenIn(Standup)));
        LoseNothing();
        Cluster.SkipUntil(() => CallOf("alice").Ended is not null, "alice's call has ended");
        Assert.Equal(Left(Of("alice")), joe.Read());
        Assert.Equal([Of("joe")], List(joe));
        Assert.Empty(A.Peered(Standup));
    }

    [Fact]
    public void Whoever_was_put_out_unheard_is_out_once_the_node_hears_again()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        Lose(C, B);
        A.AskRoom<RoomAnswer>(new RoomCommands.PutOut(Room, Name.Parse(Of("alice")), CommandId.New()));
        Await(() => Assert.Empty(A.Peered(Standup)));
        ExpectNothing(alice);
        LoseNothing();
        Cluster.Skip(10);
        Assert.Equal(PutOut(Of("alice")), alice.Read());
        Assert.Equal(Left(Of("alice")), alice.Read());
        Assert.Equal(PutOut(Of("alice")), joe.Read());
        Assert.Equal(Left(Of("alice")), joe.Read());
        Await(() => Assert.Equal(CallEnd.PutOut, CallOf("alice").End));
    }

    [Fact]
    public void Layers_whose_news_was_lost_are_told_again()
    {
        Enter(A, "joe");
        var alice = Enter(B, "alice");
        Cluster.Settle();
        Lose(B, C);
        Assert.Equal("310 video 7:100,8:200", alice.Ask("SETP video layers 7:100,8:200"));
        Cluster.Settle();
        Assert.Empty(Assert.Single(A.Routes(Standup)!.Remote).Layers);
        LoseNothing();
        Cluster.Skip(2);
        Await(() => Assert.Equal(2, Assert.Single(A.Routes(Standup)!.Remote).Layers.Length));
        Cluster.Settle();
        Cluster.Wire.ForgetSent();
        Cluster.Skip(4);
        Assert.Equal(0, Cluster.Wire.Sent("r.reconfigure"));
    }

    [Fact]
    public void A_departure_is_told_until_it_is_taken_note_of_and_no_longer()
    {
        B.Plane.Statistics = new PortStatistics(10, 1000, 20, 2000, 0, true);
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe);
        Lose(B, C);
        alice.HangUp();
        Await(() => Assert.Empty(B.OpenIn(Standup)));
        Cluster.Skip(6);
        ExpectNothing(joe);
        Assert.Null(CallOf("alice").Ended);

        // It is stored, and its node does not hear so: again, and the record is the same.
        Lose(C, B);
        Cluster.Skip(2);
        Assert.Equal(Left(Of("alice")), joe.Read());
        var call = CallOf("alice");
        Assert.Equal((CallEnd.Lost, 1000), (call.End, call.BytesIn));
        Assert.Equal(["video"], call.Services);
        LoseNothing();
        Cluster.Wire.ForgetSent();
        Cluster.Skip(2);
        Assert.InRange(Cluster.Wire.Sent("r.leave"), 1, 2);
        Assert.InRange(Cluster.Wire.Sent("f.taken"), 1, 2);
        Cluster.Wire.ForgetSent();
        Cluster.Skip(6);
        Assert.Equal(0, Cluster.Wire.Sent("r.leave"));
        Assert.Equal(call, CallOf("alice"));
        ExpectNothing(joe);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void However_many_messages_are_lost_all_nodes_agree_in_the_end(int seed)
    {
        var random = new Random(seed);
        var clients = new List<Client>();
        Cluster.Wire.LostPercent = 30;
        TestNode[] nodes = [A, B, C];
        for (int i = 0; i < 30; i++)
        {
            if (clients.Count > 3 && random.Next(3) == 0)
            {
                int index = random.Next(clients.Count);
                clients[index].HangUp();
                clients.RemoveAt(index);
            }
            else
            {
                var client = nodes[random.Next(3)].Connect();
                client.Say(Video(Standup));
                clients.Add(client);
            }

            Cluster.Skip(0.5);
        }

        // Whoever was told to try again is out; all others are in.
        string[] answers = [.. clients.Select(c => c.Read())];
        var members = clients.Where((_, i) => answers[i].StartsWith("303", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(members);
        Cluster.Wire.LostPercent = 0;
        Cluster.Skip(15);
        Await(() => Assert.Equal(members.Count, List(members[0]).Count));
        Await(() => Assert.Equal(members.Count, nodes.Sum(n => n.OpenIn(Standup).Count)));
        foreach (var node in nodes.Where(n => n.OpenIn(Standup).Count > 0))
        {
            Await(() => Assert.Equal(node.OpenIn(Standup), node.Routes(Standup)!.Ports.Select(p => p.Port).OrderBy(p => p.Value)));
            Await(() => Assert.Equal(members.Count - node.OpenIn(Standup).Count, node.Routes(Standup)!.Remote.Length));
        }

        Await(() => Assert.Equal(members.Count, Calls.Count(c => c.Ended is null)));
    }
}
