using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Presence;

/// <summary>Sessions on one node, their users on another: which may hand them over, or die.</summary>
public sealed class UsersOverNodesTests : ThreeNodes
{
    [Fact]
    public void A_user_is_found_called_and_spoken_to_from_every_node()
    {
        var joe = A.SignIn("joe");
        joe.Ask("SETP session events on");
        var alice = B.SignIn("alice");
        Assert.Equal("201 joe is here", alice.Ask("HELO joe@example.org"));
        alice.Say("SEND chat are you there?");
        Assert.Equal("203 chat are you there?", joe.Read());
        alice.Ask("CONN video joe@example.org");
        Assert.Equal("112 call video alice@example.org", joe.Read());
        Assert.Equal("504 name in use", B.Connect().Ask("AUTH ANONYMOUS joe"));
        joe.HangUp();
        Cluster.AwaitIdle();
        Assert.Equal("204 joe", C.Connect().Ask("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public async Task A_user_that_is_handed_over_is_still_signed_in()
    {
        var joe = A.SignIn("joe");
        await Cluster.HandOffAsync("joe", B);
        AssertIsHere(joe);
    }

    [Fact]
    public void A_user_whose_node_crashed_is_still_signed_in()
    {
        var joe = A.SignIn("joe");
        Cluster.Crash(C, heir: B);
        AssertIsHere(joe);
    }

    [Fact]
    public void A_user_is_signed_in_still_after_its_shard_was_nobodys_for_a_while()
    {
        var joe = A.SignIn("joe");
        Cluster.Kill(C);
        Cluster.Cluster.DeclareDown(C.Node);
        Cluster.Advance(20);
        Cluster.Give("joe", B);
        AssertIsHere(joe);
    }

    [Fact]
    public void A_session_on_a_node_that_crashed_frees_its_name()
    {
        A.SignIn("joe");
        Cluster.Crash(A, heir: B);
        Assert.Equal("204 joe", B.Connect().Ask("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public void Every_node_tells_the_names_that_are_awake_on_every_other()
    {
        string[] users = [.. Enumerable.Range(0, 7).Select(i => $"user-{i}")];
        foreach (string user in users)
            A.SignIn(user);
        // The rooms of their names were asked for too, and sleep again.
        Cluster.Advance(3);
        var nodes = A.Actors.Nodes;
        var first = A.Ask<AwakeNames>(nodes.Awake(C.Node.Id), new ListAwake(DirectoryKind.User, null, 5));
        var rest = A.Ask<AwakeNames>(nodes.Awake(C.Node.Id), new ListAwake(DirectoryKind.User, first.Names[^1], 5));
        Assert.Equal(users, first.Names.Concat(rest.Names));
        Assert.Empty(A.Ask<AwakeNames>(nodes.Awake(B.Node.Id), new ListAwake(DirectoryKind.User, null, 5)).Names);
        Assert.Empty(A.Ask<AwakeNames>(nodes.Awake(C.Node.Id), new ListAwake(DirectoryKind.Room, null, 5)).Names);
    }

    [Fact]
    public async Task A_list_over_the_cluster_has_every_name_once_and_says_who_did_not_answer()
    {
        string[] users = [.. Enumerable.Range(0, 30).Select(i => $"user-{i:00}")];
        foreach (string user in users)
        {
            Cluster.Give(user, Random.Shared.Next(2) == 0 ? B : C);
            A.SignIn(user);
        }

        var names = new ClusterNames(Cluster.Journal, A.Node, A.Actors.Nodes);
        var seen = new List<string>();
        NamesPage page;
        string? end = null;
        do
        {
            page = await names.ReadAsync(DirectoryKind.User, end, 7);
            Assert.Empty(page.Silent);
            seen.AddRange(page.Names.Select(n => n.ToString()));
        }
        while ((end = page.End) is not null);
        Assert.Equal(users, seen);

        Cluster.Kill(C);
        var reading = names.ReadAsync(DirectoryKind.User, null, 1000);
        Cluster.Until(() => reading.IsCompleted, "an answer");
        Assert.Equal(C.Node.Id, Assert.Single((await reading).Silent).Id);
        Assert.All((await reading).Names, n => Assert.Contains(n.ToString(), users));
    }

    private void AssertIsHere(Client joe)
    {
        var name = Name.Parse("joe");
        Cluster.Until(() => B.Ask<UserPresence>(B.Actors.Users, new UserCommands.Find(name)).IsOnline, "joe is here again");
        Assert.Equal(1, B.Ask<UserPresence>(B.Actors.Users, new UserCommands.Find(name)).Sessions);
        Assert.Equal("504 name in use", B.Connect().Ask("AUTH ANONYMOUS joe"));
        var alice = B.Connect();
        alice.Ask("HELO joe@example.org");
        alice.Say("SEND chat hello");
        Assert.Equal("203 chat hello", joe.Read());
        joe.HangUp();
        Cluster.Until(() => !B.Ask<UserPresence>(B.Actors.Users, new UserCommands.Find(name)).IsOnline, "joe is gone");
    }
}
