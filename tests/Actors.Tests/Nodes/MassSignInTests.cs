using System.Collections.Concurrent;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;

namespace Conference.Actors.Tests.Nodes;

/// <summary>
/// Thousands of sessions on one node whose users are all on another, which dies or goes: each watches its user and is watched by it, and all say at once
/// who they are. That must not cost the nodes that are well each other.
/// </summary>
[Collection(nameof(SeveralNodes))]
public sealed class MassSignInTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Two_thousand_sign_in_again(bool isCrash) => RunAsync(2000, isCrash);

    [Fact]
    [Trait("Category", "Soak")]
    public Task Fifty_thousand_sign_in_again_after_a_crash() => RunAsync(50_000, isCrash: true);

    [Fact]
    [Trait("Category", "Soak")]
    public Task Fifty_thousand_sign_in_again_after_a_move() => RunAsync(50_000, isCrash: false);

    private async Task RunAsync(int sessions, bool isCrash)
    {
        var nodes = await _cluster.StartAsync(3);
        var (a, b, c) = (nodes[0], nodes[1], nodes[2]);
        var clients = SignIn(a, sessions);
        Assert.Equal(sessions, await OnlineAsync(a, sessions));

        long began = TimeProvider.System.GetTimestamp();
        if (isCrash)
            _cluster.Crash(c);
        else
            await _cluster.LeaveAsync(c);
        var gone = TimeProvider.System.GetElapsedTime(began);
        int online = 0;
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromMinutes(5) && online < sessions)
            online = await OnlineAsync(a, sessions);
        Assert.Equal(sessions, online);
        var known = TimeProvider.System.GetElapsedTime(began);

        // Nobody heard of anything, and nobody lost anybody but the one that is gone.
        Assert.All(clients, client => Assert.Equal(2, client.Written));
        Assert.DoesNotContain(a.Quarantined(), q => !q.EndsWith(c.Cluster.SelfAddress.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(b.Quarantined(), q => !q.EndsWith(c.Cluster.SelfAddress.ToString(), StringComparison.Ordinal));
        Assert.Equal(2, a.Cluster.State.Members.Count);
        Assert.Empty(a.Cluster.State.Unreachable);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sessions} sessions: the node was gone after {gone.TotalSeconds:F1} s, all were known again after {known.TotalSeconds:F1} s");
    }

    private static List<ClientConnection> SignIn(TestNode node, int sessions)
    {
        var all = new List<ClientConnection>(sessions);
        foreach (int[] some in Enumerable.Range(0, sessions).Chunk(500))
        {
            var asked = some.Select(async i =>
            {
                var connection = new ClientConnection("192.0.2.1");
                var accepted = (SessionsReplies.Accepted)await node.Sessions.Ask<object>(new SessionsCommands.Accept(connection, "example.org"), TestNode.Patience);
                accepted.Session.Tell(CommandParser.Parse($"AUTH ANONYMOUS mass-{i}"), ActorRefs.NoSender);
                return connection;
            });
            all.AddRange(Task.WhenAll(asked).GetAwaiter().GetResult());
            TestCluster.Until(() => all.TrueForAll(c => c.Written == 2), "signed in");
        }

        return all;
    }

    private static async Task<int> OnlineAsync(TestNode node, int sessions)
    {
        var online = new ConcurrentBag<int>();
        await Parallel.ForAsync(0, sessions, new ParallelOptions { MaxDegreeOfParallelism = 200 }, async (i, _) =>
        {
            var presence = await node.Users.AskEntityAsync<UserPresence>(new UserQueries.Find(Name.Parse($"mass-{i}")), TestNode.Patience);
            if (presence is { IsOnline: true, Sessions: 1 })
                online.Add(i);
        });
        return online.Count;
    }
}
