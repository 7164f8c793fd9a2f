using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Sharding;
using Conference.Persistence.Tests.Support;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests;

public sealed class PostgresStoreTests(PostgresServer server) : StoreSpecification
{
    private protected override Task<TestStore> CreateAsync() => TestStore.PostgresAsync(server);

    [Fact]
    public async Task A_fenced_write_commits_only_while_its_shard_is_at_its_epoch()
    {
        await CreateShardsAsync();
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
        await CreateShardsAsync();
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
    public async Task A_takeover_waits_for_the_write_under_way_or_the_write_sees_its_epoch()
    {
        await CreateShardsAsync();
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

    private Task<int> CreateShardsAsync() => Database.ExecuteAsync(
        "create table shard (id int primary key, epoch bigint not null); insert into shard select i, 7 from generate_series(0, 255) i");
}
