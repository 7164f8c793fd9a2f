using System.Globalization;
using System.Net;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Failures;

/// <summary>Nodes that do not reach each other, while all reach the database.</summary>
[Trait("Category", "Cluster")]
public sealed class PartitionTests
{
    [Fact]
    public async Task A_node_the_others_cannot_reach_is_voted_out_and_comes_back_when_they_can()
    {
        Assert.SkipUnless(Environment.UserName == "root", "network namespaces want root");
        await using var network = await Namespace.CreateAsync();
        await using var cluster = await TestCluster.StartAsync(0);
        var database = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var proxy = new SilentProxy(new IPEndPoint(IPAddress.Loopback, database.Port), network.Outside);
        string outside = network.Outside.ToString();
        int[] ports = [24330, 24340, 24350];
        for (int i = 0; i < 2; i++)
        {
            await cluster.StartNodeAsync(null, $"Cluster:Advertise={outside}", string.Create(CultureInfo.InvariantCulture, $"Cluster:Port={ports[i]}"));
            if (i == 0)
                await Judge.InstallAsync(cluster.Database);
        }

        (database.Host, database.Port) = (outside, proxy.Port);
        string inside = network.Inside.ToString();
        await cluster.StartNodeAsync(
            new NodeLaunch { Command = network.Command },
            $"Store:Postgres={database.ConnectionString}", $"Qcvc:Address={inside}", $"Http:Address={inside}", $"Media:Address={inside}",
            $"Cluster:Advertise={inside}", string.Create(CultureInfo.InvariantCulture, $"Cluster:Port={ports[2]}"));
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        await network.CutAsync(ports);
        await Eventually.IsTrueAsync(
            async () => await cluster.SqlAsync<long>($"select count(*) from shard s join node n on n.id = s.owner where n.link like '{inside}:%'") == 0,
            TimeSpan.FromSeconds(40));
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        await network.HealAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }
}
