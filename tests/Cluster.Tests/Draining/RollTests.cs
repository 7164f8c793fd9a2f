using System.Net;
using Conference.Client;
using Conference.Client.Load;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Draining;

/// <summary>Nodes are replaced one by one while calls go on over all of them.</summary>
public sealed class RollTests
{
    private const int Calls = 9;
    private const int MembersOfACall = 3;
    private const int PerSecond = 20;

    [Fact, Trait("Category", "Cluster")]
    public async Task After_a_rolling_restart_of_three_nodes_every_call_is_alive()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        using var enough = new CancellationTokenSource();
        long heard = 0;
        var load = LoadRunner.RunAsync(
            new LoadOptions(AddressOf(cluster.Nodes[0]))
            {
                OtherNodes = [.. cluster.Nodes.Skip(1).Select(AddressOf)],
                Follows = true,
                Clients = Calls * MembersOfACall,
                Rooms = Calls,
                Senders = new SenderCount(100, true),
                Size = 160,
                Rate = PerSecond,
                Duration = TimeSpan.FromMinutes(10),
                From = IPAddress.Parse("127.1.0.1"),
            },
            p => Interlocked.Exchange(ref heard, p.Phase == LoadPhase.Sending ? p.Count : 0),
            enough.Token);

        foreach (var node in cluster.Nodes)
        {
            await FlowsAsync();
            Assert.Equal(0, await node.TerminateAsync(TimeSpan.FromSeconds(90)));
            await cluster.StartNodeAsync();
            await cluster.IsSettledAsync(3);
        }

        await FlowsAsync();
        await enough.CancelAsync();
        var report = await load;
        Assert.Equal((Calls * MembersOfACall, 0, 0), (report.Joined, report.SessionsLost, report.Silent));
        Assert.Equal((0, 0), (report.Misrouted, report.Damaged));
        // Those of the first node have moved, and so has everybody who was at the second by then, and at the third.
        Assert.True(report.Moves >= Calls * MembersOfACall, $"{report.Moves} moves");
        await Judge.FoundNothingAsync(cluster);

        // Everybody has been heard by everybody for longer than a call may be silent.
        Task FlowsAsync()
        {
            long then = Interlocked.Read(ref heard);
            const int copies = Calls * MembersOfACall * (MembersOfACall - 1) * PerSecond;
            return Eventually.IsTrueAsync(() => Interlocked.Read(ref heard) > then + (3 * copies), TimeSpan.FromSeconds(60));
        }
    }

    private static QcvcAddress AddressOf(NodeProcess node) => new("", node.Address.ToString(), node.Port);
}
