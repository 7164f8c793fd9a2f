using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Conference.Cluster.Tests.Support;
using Npgsql;

namespace Conference.Cluster.Tests.Failures;

/// <summary>SIGSTOP at the worst of moments. What a node was about to do when it froze, it must not do after others have gone on.</summary>
public sealed class FreezeTests
{
    [Fact, Trait("Category", "Cluster")]
    public async Task A_frozen_owner_is_replaced_and_changes_nothing_when_it_wakes()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var restarts = Restarts.Of(cluster);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var frozen = cluster.Nodes[2];

        load.Mark();
        frozen.Freeze();
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        TestContext.Current.TestOutputHelper!.WriteLine($"frozen: longest without a write {load.LongestGap.TotalSeconds:0.00} s, the writers' own patience of 6 s included");

        // It finds out by itself, ends, and comes back as somebody else.
        frozen.Thaw();
        await frozen.IsPutOutAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        Assert.Equal(1, restarts.Count);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task A_node_frozen_for_a_moment_goes_on_as_it_was()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        string before = await cluster.MembershipAsync();

        cluster.Nodes[1].Freeze();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        cluster.Nodes[1].Thaw();

        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await cluster.IsSettledAsync(2);
        Assert.Equal(before, await cluster.MembershipAsync());
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Frozen_for_15_s_with_writes_queued_it_writes_nothing_and_answers_nothing_that_is_not_so()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var frozen = cluster.Nodes[2];
        await using var member = await TestClient.ConnectAsync(frozen);
        await member.ExpectAsync("AUTH ANONYMOUS sleeper", "204 sleeper");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{frozen.HttpAddress}:{frozen.HttpPort}/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminClient.Token);
        string[] rooms = [.. load.Acknowledged.Keys];
        // In its queues and on its way to the database at that very moment.
        var queued = rooms.Select(r => http.PutAsync($"rooms/{r}", Body(7777), TestContext.Current.CancellationToken)).ToArray();
        frozen.Freeze();
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        // Others have gone on. What is asked of the sleeper now waits at its door.
        var known = load.Acknowledged;
        var late = rooms.Select(r => http.PutAsync($"rooms/{r}", Body(8888), TestContext.Current.CancellationToken)).ToArray();
        var reads = rooms.Select(r => (Room: r, Answer: http.GetAsync(new Uri($"rooms/{r}", UriKind.Relative), TestContext.Current.CancellationToken))).ToArray();
        await member.SendAsync($"CONN video asleep@{member.Server}\r\n");
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        frozen.Thaw();

        string? joined = await member.ReadAsync();
        Assert.False(joined?.StartsWith("303 ", StringComparison.Ordinal), joined);
        foreach (var (room, answer) in reads)
        {
            // What others gave up may have been written since; what had been overwritten before it was asked for must not be told.
            if (await AnswerAsync(answer) is { } now)
                Assert.True(await WrittenAsync(room, now) >= await WrittenAsync(room, known[room]), $"{room}: {now} was read after {known[room]} had been acknowledged elsewhere");
        }

        int acknowledged = 0;
        foreach (var (value, answer, room) in queued.Select((a, i) => (7777, a, rooms[i])).Concat(late.Select((a, i) => (8888, a, rooms[i]))))
        {
            if (await AnswerAsync(answer) is null)
                continue;
            // Then it is so: it was written, by whoever may.
            acknowledged++;
            Assert.NotEqual(0L, await WrittenAsync(room, value));
        }

        await frozen.IsPutOutAsync();
        TestContext.Current.TestOutputHelper!.WriteLine($"{acknowledged} of {queued.Length + late.Length} writes were acknowledged, and are there");
        await cluster.IsSettledAsync(2);
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);

        // The number of the last event of a room that says so; 0 for none.
        Task<long> WrittenAsync(string room, int value) => cluster.SqlAsync<long>(
            $"select coalesce(max(sequence_number), 0) from conference_journal where persistence_id = 'room/default/{room}' and position(decode('{RoomLoad.Kept(value)}', 'hex') in message) > 0");
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Frozen_inside_a_transaction_it_commits_nothing_afterwards()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var restarts = Restarts.Of(cluster);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // Writers stand inside their transactions, before the row, while the table is held.
        await using (var source = NpgsqlDataSource.Create(cluster.Database + ";Pooling=false"))
        await using (var connection = await source.OpenConnectionAsync(TestContext.Current.CancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await using var hold = new NpgsqlCommand("lock table conference_journal in share mode", connection, transaction);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await Eventually.IsTrueAsync(
                async () => await cluster.SqlAsync<long>("select count(*) from pg_locks where not granted and relation = 'conference_journal'::regclass") >= 3,
                TimeSpan.FromSeconds(10));
            cluster.Nodes[2].Freeze();
        }

        await IsPutOutAsync(cluster, cluster.Nodes[2]);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        cluster.Nodes[2].Thaw();
        await cluster.Nodes[2].IsPutOutAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Frozen_between_its_check_and_its_write_it_writes_nothing_when_the_write_arrives()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        await using var restarts = Restarts.Of(cluster);
        var database = new NpgsqlConnectionStringBuilder(cluster.Database);
        await using var proxy = new SilentProxy(new IPEndPoint(IPAddress.Loopback, database.Port));
        database.Port = proxy.Port;
        var frozen = await cluster.StartNodeAsync(null, $"Store:Postgres={database.ConnectionString}");
        await cluster.IsSettledAsync(3);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // It has found that it may, and has sent; what it has sent is under way until others own what it is about.
        proxy.FallSilent();
        await Eventually.IsTrueAsync(() => Task.FromResult(proxy.Held >= 3), TimeSpan.FromSeconds(5));
        frozen.Freeze();
        await IsPutOutAsync(cluster, frozen);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        proxy.Speak();
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        frozen.Thaw();
        await frozen.IsPutOutAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Frozen_again_and_again_under_load_nothing_has_two_owners()
    {
        await using var cluster = await TestCluster.StartAsync(3);
        await using var restarts = Restarts.Of(cluster);
        await using var load = RoomLoad.Start(cluster);
        await using var people = await PeopleLoad.StartAsync(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));
        var random = new Random(5);
        // Short of the heartbeats' pause, at its end, short of the decision, at it, and beyond; each time in the middle of whatever it does.
        foreach (double seconds in (double[])[2.5, 3.5, 4.8, 5.5, 6.2, 7, 9])
        {
            var node = cluster.Live[random.Next(3)];
            node.Freeze();
            await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
            node.Thaw();
            await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(90));
            await load.IsServedAsync(TimeSpan.FromSeconds(30));
        }

        await people.StopAndCheckAsync();
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task Frozen_while_it_decides_about_a_dead_one_it_does_not_hold_the_others_up()
    {
        await using var cluster = await TestCluster.StartAsync(4);
        await using var restarts = Restarts.Of(cluster);
        await using var load = RoomLoad.Start(cluster);
        await load.IsServedAsync(TimeSpan.FromSeconds(30));

        // The oldest has the coordinators: it is frozen when it begins to give the dead one's shards away.
        cluster.Nodes[3].Kill();
        await Eventually.IsTrueAsync(
            async () => (await TestCluster.NodesAsync(cluster.Nodes[1])).Count(n => n.GetProperty("reachable").GetBoolean()) < 4, TimeSpan.FromSeconds(20));
        cluster.Nodes[0].Freeze();

        await load.IsServedAsync(TimeSpan.FromSeconds(40));
        cluster.Nodes[0].Thaw();
        await cluster.Nodes[0].IsPutOutAsync();
        await cluster.IsSettledAsync(3, TimeSpan.FromSeconds(60));
        await load.IsServedAsync(TimeSpan.FromSeconds(20));
        await load.StopAndCheckAsync();
        await Judge.FoundNothingAsync(cluster);
    }

    /// <summary>The others have put it out.</summary>
    private static Task IsPutOutAsync(TestCluster cluster, NodeProcess node) => Eventually.IsTrueAsync(
        async () => await cluster.SqlAsync<long>(
            $"select count(*) from conference_departed where life like '{node.Address}:%'") > 0, TimeSpan.FromSeconds(30));

    private static StringContent Body(int maxMembers) => new($$"""{"maxMembers":{{maxMembers}}}""", Encoding.UTF8, "application/json");

    /// <returns>The ceiling it tells; null where it says no, or nothing.</returns>
    private static async Task<int?> AnswerAsync(Task<HttpResponseMessage> answer)
    {
        try
        {
            using var response = await answer;
            if (!response.IsSuccessStatusCode)
                return null;
            return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("maxMembers").GetInt32();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
