using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Sharding;
using Conference.Node.Persistence.Postgres;
using Conference.Persistence.Tests.Support;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests;

public sealed class PostgresStoreTests(PostgresServer server) : StoreSpecification
{
    private protected override Task<TestStore> CreateAsync() => TestStore.PostgresAsync(server);

    [Fact]
    public async Task A_fenced_write_commits_only_while_its_shard_is_at_its_epoch()
    {
        await OwnShardsAsync();
        var fence = new ShardFence(new ShardId(3), 7);
        await Store.AppendAsync(Write("joe", 1, "a") with { Fence = fence });
        await Store.AppendAsync(Write("joe", 2, "b") with { Fence = fence, Changes = [Present("joe")] });
        await Database.ExecuteAsync("update shard set epoch = 8 where id = 3");
        var fenced = await Assert.ThrowsAsync<JournalFencedException>(() => Store.AppendAsync(Write("joe", 3, "c") with { Fence = fence }));
        Assert.Equal(fence, fenced.Fence);
        await Assert.ThrowsAsync<JournalFencedException>(() =>
            Store.AppendAsync(Write("joe", 3, "c") with { Fence = fence, Changes = [Present("mallory"), Absent("joe")] }));
        Assert.Equal(["a", "b"], await Store.EventsAsync("joe"));
        Assert.Equal(["joe"], (await Store.ListAsync(DirectoryKind.User, null, 9)).Entries.Select(e => e.Name.ToString()));
        await Store.AppendAsync(Write("joe", 3, "c") with { Fence = fence with { Epoch = 8 } });
    }

    [Fact]
    public async Task A_fenced_write_does_not_fail_the_writes_it_is_committed_with()
    {
        await OwnShardsAsync();
        var writes = Enumerable.Range(0, 200).Select(i => Store.AppendAsync(Write($"e{i}", 1, "a") with
        {
            Fence = i % 3 == 0 ? null : new ShardFence(new ShardId(i % 16), i % 3 == 1 ? 7 : 6),
        })).ToArray();
        for (int i = 0; i < writes.Length; i++)
        {
            if (i % 3 == 2)
                await Assert.ThrowsAsync<JournalFencedException>(() => writes[i]);
            else
                await writes[i];
            Assert.Equal(i % 3 == 2 ? 0 : 1, (await Store.EventsAsync($"e{i}")).Length);
        }
    }

    [Fact]
    public async Task A_fenced_write_that_another_one_came_before_is_a_conflict_and_not_fenced()
    {
        await OwnShardsAsync();
        var fence = new ShardFence(new ShardId(3), 7);
        await Store.AppendAsync(Write("joe", 1, "a") with { Fence = fence });
        await Assert.ThrowsAsync<JournalConflictException>(() => Store.AppendAsync(Write("joe", 1, "b") with { Fence = fence }));
        await Assert.ThrowsAsync<JournalConflictException>(() => Store.AppendAsync(Write("joe", 3, "b") with { Fence = fence, Changes = [Present("joe")] }));
        // Both at once: who is fenced has nothing to learn from the journal.
        await Assert.ThrowsAsync<JournalFencedException>(() => Store.AppendAsync(Write("joe", 1, "b") with { Fence = fence with { Epoch = 6 } }));
        await Assert.ThrowsAsync<JournalFencedException>(() => Store.AppendAsync(Write("joe", 2, "b") with { Fence = new ShardFence(new ShardId(256), 7) }));
    }

    [Fact]
    public async Task A_batch_tells_each_of_its_writes_apart()
    {
        await OwnShardsAsync();
        await Store.AppendAsync(Write("taken", 1, "a"));
        Task Append(string id, long epoch, int shard, params ReadModelChange[] changes) =>
            Store.AppendAsync(Write(id, 1, "a") with { Fence = new ShardFence(new ShardId(shard), epoch), Changes = changes });
        var writes = Enumerable.Range(0, 60).Select(i => (i % 3) switch
        {
            0 => Append($"e{i}", 7, 255 - i, i % 2 == 0 ? [] : [Present($"e{i}")]),
            1 => Append($"e{i}", 8, 255 - i, i % 2 == 0 ? [] : [Present($"e{i}")]),
            _ => Append("taken", 7, 255 - i, i % 2 == 0 ? [] : [Present($"e{i}")]),
        }).ToArray();
        for (int i = 0; i < writes.Length; i++)
        {
            if (i % 3 == 0)
                await writes[i];
            else if (i % 3 == 1)
                await Assert.ThrowsAsync<JournalFencedException>(() => writes[i]);
            else
                await Assert.ThrowsAsync<JournalConflictException>(() => writes[i]);
        }
    }

    [Fact]
    public async Task Writes_of_many_shards_and_takeovers_of_many_shards_never_wait_in_a_circle()
    {
        await OwnShardsAsync();
        var writers = Task.WhenAll(Enumerable.Range(0, 400).Select(i => Store.AppendAsync(Write($"e{i}", 1, "a") with
        {
            Fence = new ShardFence(new ShardId(i * 37 % 256), 7),
            Changes = i % 2 == 0 ? [] : [Present($"e{i}")],
        })));
        // What a takeover does, short of the epoch: all rows locked, in the order of their numbers, and changed.
        do
            await Database.ExecuteAsync("with l as (select id from shard order by id for no key update) update shard set target = gen_random_uuid() from l where shard.id = l.id");
        while (!writers.IsCompleted);
        await writers;
        Assert.DoesNotContain("deadlock detected", await server.ReadLogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_takeover_waits_for_the_write_under_way_or_the_write_sees_its_epoch()
    {
        await OwnShardsAsync();
        // The old owner writes on while the epoch grows; each write carries the epoch its owner believes in.
        long epoch = 7, stored = 0;
        var owner = Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                long believed = Volatile.Read(ref epoch);
                try
                {
                    await Store.AppendAsync(Write("joe", stored + 1, $"{believed}") with { Fence = new ShardFence(new ShardId(3), believed) });
                    stored++;
                }
                catch (JournalFencedException)
                {
                }
            }
        });
        while (!owner.IsCompleted)
        {
            await Database.ExecuteAsync("update shard set epoch = epoch + 1 where id = 3");
            Interlocked.Increment(ref epoch);
        }
        await owner;
        var epochs = (await Store.EventsAsync("joe")).Select(long.Parse).ToArray();
        Assert.Equal(stored, epochs.Length);
        Assert.Equal(epochs.Order(), epochs);
    }

    [Fact]
    public async Task Its_sessions_can_be_ended_by_the_name_they_were_given_last()
    {
        var store = (PostgresStore)Store;
        await WriteAsync("first");
        store.Rename("conference-node-a");
        await WriteAsync("second");
        store.Rename("conference-node-b");
        await WriteAsync("third");
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        // Those of an earlier name end when they have nothing more to do, which they have by now.
        while (await CountAsync("conference-store") + await CountAsync("conference-node-a") is var left and > 0)
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(10), $"{left} are left");
        Assert.NotEqual(0, await CountAsync("conference-node-b"));
        await Database.QueryAsync<long>($"select count(pg_terminate_backend(pid)) from pg_stat_activity where {Named("conference-node-b")}");
        await Assert.ThrowsAnyAsync<JournalUnavailableException>(() => WriteAsync("fourth"));
        await WriteAsync("fifth");

        Task WriteAsync(string id) => Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.AppendAsync(Write($"{id}-{i}", 1, "a"))));

        Task<long> CountAsync(string name) => Database.QueryAsync<long>($"select count(*) from pg_stat_activity where {Named(name)}");

        static string Named(string name) => $"datname = current_database() and application_name = '{name}'";
    }

    private Task<int> OwnShardsAsync() => Database.ExecuteAsync("update shard set owner = gen_random_uuid(), epoch = 7");
}
