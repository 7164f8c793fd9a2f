using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes;

/// <summary>Sessions on one node, their users on another: which may hand them over, or die.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class UsersOverNodesTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    private string Joe => Of("joe");

    [Fact]
    public void A_user_is_found_called_and_spoken_to_from_every_node()
    {
        var joe = SignIn(A, "joe");
        joe.Ask("SETP session events on");
        var alice = SignIn(B, "alice");
        Assert.Equal($"201 {Joe} is here", alice.Ask($"HELO {Joe}@example.org"));
        alice.Say("SEND chat are you there?");
        Assert.Equal("203 chat are you there?", joe.Read());
        alice.Ask(Video(Joe));
        Assert.Equal($"112 call video {Of("alice")}@example.org", joe.Read());
        Assert.Equal("504 name in use", B.Connect().Ask($"AUTH ANONYMOUS {Joe}"));
        joe.HangUp();
        Await(() => Assert.False(C.AskUser<UserPresence>(new UserQueries.Find(Name.Parse(Joe))).IsOnline));
        Assert.Equal($"204 {Joe}", C.Connect().Ask($"AUTH ANONYMOUS {Joe}"));
    }

    [Fact]
    public async Task A_user_that_is_handed_over_is_still_signed_in_and_nobody_takes_the_name_meanwhile()
    {
        var joe = SignIn(A, "joe");
        var moving = Cluster.LeaveAsync(C);
        int refused = await TryToTakeTheNameAsync(moving);
        Assert.True(refused > 0);
        AssertIsHere(joe);
    }

    [Fact]
    public async Task A_user_whose_node_crashed_is_still_signed_in_and_nobody_takes_the_name_meanwhile()
    {
        var joe = SignIn(A, "joe");
        Cluster.Settle();
        var crashing = Task.Factory.StartNew(
            () => Cluster.Crash(C), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await TryToTakeTheNameAsync(crashing);
        AssertIsHere(joe);
    }

    [Fact]
    public void A_user_is_signed_in_still_after_its_shard_was_nobodys_for_a_while()
    {
        var joe = SignIn(A, "joe");
        Cluster.Settle();
        C.Kill();
        // Dead, and not put out yet.
        Cluster.Skip(20);
        Cluster.Crash(C);
        AssertIsHere(joe);
    }

    [Fact]
    public void A_user_whose_actor_ends_is_signed_in_again_before_a_stranger_may_be()
    {
        var joe = SignIn(A, "joe");
        Cluster.Settle();
        // The first word of who was there is lost; a stranger is quick.
        Lose(A, C);
        C.Sys.ActorSelection($"/system/sharding/users/*/{Uri.EscapeDataString(EntityIds.Of(Name.Parse(Joe)))}").Tell(Kill.Instance, ActorRefs.NoSender);
        var stranger = B.Connect();
        stranger.Say($"AUTH ANONYMOUS {Joe}");
        Cluster.Settle();
        Assert.Equal(0, stranger.Connection.Answers);
        LoseNothing();
        Assert.Equal("504 name in use", stranger.Read());
        AssertIsHere(joe);
    }

    [Fact]
    public void A_session_on_a_node_that_crashed_frees_its_name()
    {
        SignIn(A, "joe");
        Cluster.Crash(A);
        Await(() => Assert.Equal($"204 {Joe}", B.Connect().Ask($"AUTH ANONYMOUS {Joe}")));
    }

    [Fact]
    public void Every_node_tells_the_names_that_are_awake_on_every_other()
    {
        string[] users = [.. Enumerable.Range(0, 7).Select(i => $"awake-{i}")];
        foreach (string user in users)
            A.SignIn(user);
        // The rooms of their names were asked for too, and sleep again.
        Cluster.Skip(3);
        var c = A.Nodes.Node(C.Id);
        var first = A.Ask<AwakeNames>(c, new NodeCommands.ListAwake(Rooms: false, "awake", 5));
        var rest = A.Ask<AwakeNames>(c, new NodeCommands.ListAwake(Rooms: false, first.Names[^1], 2));
        Assert.Equal(users, first.Names.Concat(rest.Names));
        Assert.Empty(A.Ask<AwakeNames>(A.Nodes.Node(B.Id), new NodeCommands.ListAwake(Rooms: false, null, 5)).Names);
        Await(() => Assert.Empty(A.Ask<AwakeNames>(c, new NodeCommands.ListAwake(Rooms: true, null, 5)).Names));
    }

    private async Task<int> TryToTakeTheNameAsync(Task until)
    {
        int refused = 0;
        while (!until.IsCompleted)
        {
            var stranger = B.Connect();
            stranger.Say($"AUTH ANONYMOUS {Joe}");
            string answer = await Task.Run(stranger.Read);
            Assert.True(answer is "504 name in use" or "503 try again", answer);
            refused++;
            stranger.HangUp();
        }

        await until;
        return refused;
    }

    private void AssertIsHere(Client joe)
    {
        var find = new UserQueries.Find(Name.Parse(Joe));
        Await(() => Assert.True(B.AskUser<UserPresence>(find).IsOnline));
        Assert.Equal(1, B.AskUser<UserPresence>(find).Sessions);
        Assert.Equal("504 name in use", B.Connect().Ask($"AUTH ANONYMOUS {Joe}"));
        var alice = B.Connect();
        alice.Ask($"HELO {Joe}@example.org");
        alice.Say("SEND chat hello");
        Assert.Equal("203 chat hello", joe.Read());
        joe.HangUp();
        Await(() => Assert.False(B.AskUser<UserPresence>(find).IsOnline));
    }
}
