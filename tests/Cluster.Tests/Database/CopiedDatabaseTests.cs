using System.Diagnostics;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Database;

/// <summary>A copy of the database beside the original, as where somebody restores a backup to look at it: its nodes must not meet the original's.</summary>
[Trait("Category", "Cluster")]
public sealed class CopiedDatabaseTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_on_a_restored_dump_is_a_cluster_of_its_own()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();
        string copy = await cluster.Postgres.CreateDatabaseAsync();
        await DumpAndRestoreAsync(cluster.Database, copy);

        await using var restored = TestCluster.On(cluster.Postgres, copy);
        var other = await restored.StartNodeAsync();
        var told = Assert.Single(await TestCluster.NodesAsync(other));
        Assert.True(told.GetProperty("self").GetBoolean());
        using (var admin = new AdminClient(other))
            Assert.Equal(200, (await admin.GetAsync("rooms/kept0")).Status);
        // Those of the original do not know of it, nor it of them: not even the certificate is the same.
        foreach (var node in cluster.Nodes)
            Assert.Equal(2, (await TestCluster.NodesAsync(node)).Count);
        Assert.Equal(1L, await TestCluster.SqlAsync<long>(copy, "select count(*) from conference_node"));
        Assert.Equal(2L, await TestCluster.SqlAsync<long>(copy, "select count(distinct pkcs12) from conference_certificate"));

        Assert.Equal(0, await other.TerminateAsync());
        Assert.Equal(before, await cluster.MembershipAsync());
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_on_a_copy_of_the_disk_waits_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();
        await using var postgres = await cluster.Postgres.CopyAsync();
        string copy = new NpgsqlConnectionStringBuilder(cluster.Database) { Port = postgres.Port }.ConnectionString;

        await using var copied = TestCluster.On(postgres, copy);
        var other = copied.BeginNode();
        await Eventually.IsTrueAsync(() => other.Output.Contains("has no session in this database", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        Assert.False(other.WasReady);
        Assert.Equal(before, await cluster.MembershipAsync());
        Assert.Equal(0L, await TestCluster.SqlAsync<long>(copy, "select count(*) from conference_departed"));

        // What the log says is to be done.
        await TestCluster.SqlAsync<int>(copy, "delete from conference_node; delete from conference_certificate; select 1");
        await other.ReadyAsync(TestCluster.StartLimit);
        Assert.Single(await TestCluster.NodesAsync(other));
        Assert.Equal(before, await cluster.MembershipAsync());
        other.Kill();
        await other.ExitAsync(TestNode.PutOutLimit);
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    private static async Task DumpAndRestoreAsync(string from, string to)
    {
        using var shell = Process.Start("/bin/sh", [
            "-c", $"/usr/lib/postgresql/15/bin/pg_dump --no-owner '{Uri(from)}' | /usr/lib/postgresql/15/bin/psql -q --set ON_ERROR_STOP=1 '{Uri(to)}' >/dev/null"]);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, shell.ExitCode);
    }

    private static string Uri(string connection)
    {
        var database = new NpgsqlConnectionStringBuilder(connection);
        return $"postgresql://{database.Username}@{database.Host}:{database.Port}/{database.Database}";
    }
}
