using System.Collections.Concurrent;
using Akka.Actor;
using Conference.Actors.Serialization;
using Conference.Node.Store;
using Conference.Store.Tests.Support;

namespace Conference.Store.Tests;

/// <summary>What both stores promise to the actors that store in them.</summary>
public abstract class StoreSpecification : IAsyncLifetime
{
    private protected TestStore Database { get; private set; } = null!;

    private protected ConferenceStore Store { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await CreateAsync();
        Store = await Database.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
        await Database.DisposeAsync();
    }

    private protected abstract Task<TestStore> CreateAsync();

    private protected Task<TestSystem> StartAsync() => TestSystem.StartAsync(Store);

    [Fact]
    public async Task A_store_of_a_build_that_knew_no_domains_gets_what_it_lacks()
    {
        await Store.DisposeAsync();
        await Database.ExecuteAsync("drop table conference_domain");
        await Database.ExecuteAsync("alter table conference_audit drop column domain");
        for (int i = 0; i < 2; i++)
        {
            Store = await Database.OpenAsync();
            Assert.Equal(0L, Convert.ToInt64(await Database.QueryAsync("select count(name) + (select count(domain) from conference_audit) from conference_domain"), null));
            await Store.DisposeAsync();
        }

        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_the_entity_went_from_one_node_to_another_and_back()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        var stored = new List<Guid>();
        foreach (var node in (TestSystem[])[a, b, a, b, a])
        {
            Assert.Equal(stored, await node.ValuesAsync("room/default/joe"));
            for (int i = 0; i < 2; i++)
            {
                stored.Add(Guid.NewGuid());
                Assert.Equal(stored.Count, await node.StoreAsync("room/default/joe", stored[^1]));
            }

            await node.StopAsync("room/default/joe");
        }

        Assert.Equal(stored, await b.ValuesAsync("room/default/joe"));
    }

    [Fact]
    public async Task Events_and_snapshots_outlive_the_process_and_several_events_are_one_write()
    {
        Guid[] values = [.. Enumerable.Range(0, 120).Select(_ => Guid.NewGuid())];
        await using (var node = await StartAsync())
        {
            Assert.Equal(50, await node.StoreAsync("room/default/joe", [.. values[..50].Select(StoringActor.EventOf)]));
            node.Entity("room/default/joe").Tell(new StoringActor.TakeSnapshot());
            Assert.Equal(120, await node.StoreAsync("room/default/joe", [.. values[50..].Select(StoringActor.EventOf)]));
            await TestSystem.EventuallyAsync(async () => Count(await Database.QueryAsync("select count(*) from conference_snapshot")) == 1, "no snapshot");
        }

        await Store.DisposeAsync();
        Store = await Database.OpenAsync();
        // Only what came after the snapshot is read.
        await Database.ExecuteAsync("delete from conference_journal where sequence_number <= 50");
        await using var again = await StartAsync();
        Assert.Equal(values, await again.ValuesAsync("room/default/joe"));
    }

    [Fact]
    public async Task Of_two_owners_the_stale_ones_write_fails_and_who_shared_its_transaction_may_try_again()
    {
        await using var stale = await StartAsync();
        await using var owner = await StartAsync();
        Guid first = Guid.NewGuid(), owners = Guid.NewGuid();
        await stale.StoreAsync("room/default/joe", first);
        await owner.StoreAsync("room/default/joe", owners);
        string[] others = [.. Enumerable.Range(0, 200).Select(i => $"room/default/other{i}")];
        await Task.WhenAll(others.Select(id => stale.ValuesAsync(id)));

        // Everything that is asked for now waits in the journal's queue, and is written in batches.
        var hold = await Database.HoldAsync();
        var values = others.ToDictionary(id => id, _ => Guid.NewGuid());
        var writes = others[..100].Select(id => (id, Task: stale.StoreAsync(id, values[id]))).ToList();
        var staleWrite = stale.StoreAsync("room/default/joe", Guid.NewGuid());
        writes.AddRange(others[100..].Select(id => (id, Task: stale.StoreAsync(id, values[id]))));
        await Task.Delay(500);
        await hold.DisposeAsync();

        await Assert.ThrowsAsync<NotStoredException>(() => staleWrite);
        var failed = new List<string>();
        foreach (var (id, task) in writes)
        {
            try
            {
                await task;
            }
            catch (NotStoredException)
            {
                failed.Add(id);
            }
        }

        Assert.InRange(failed.Count, 0, 24);
        foreach (string id in failed)
            await stale.StoreAsync(id, values[id]);
        foreach (string id in others)
            Assert.Equal([values[id]], await owner.ValuesAsync(id));
        Assert.Equal([first, owners], await stale.ValuesAsync("room/default/joe"));
    }

    [Fact]
    public async Task Two_nodes_in_a_duel_over_twenty_entities_lose_double_and_misplace_nothing_acknowledged()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"room/default/duel{i}")];
        var acknowledged = new ConcurrentDictionary<(string, long), Guid>();
        int failed = 0, doubled = 0;
        long until = Environment.TickCount64 + 4000;
        await Task.WhenAll(ids.SelectMany(id => (TestSystem[])[a, b], (id, node) => Task.Run(async () =>
        {
            var pauses = new Random(id.GetHashCode(StringComparison.Ordinal) ^ (node == a ? 1 : 2));
            while (Environment.TickCount64 < until)
            {
                var value = Guid.NewGuid();
                try
                {
                    if (!acknowledged.TryAdd((id, await node.StoreAsync(id, value)), value))
                        Interlocked.Increment(ref doubled);
                }
                catch (NotStoredException)
                {
                    Interlocked.Increment(ref failed);
                }

                await Task.Delay(pauses.Next(20));
            }
        })));

        Assert.Equal(0, doubled);
        Assert.True(failed > 20, "there was no duel");
        Assert.True(acknowledged.Count > 100, $"only {acknowledged.Count} were stored");
        await using var third = await StartAsync();
        foreach (string id in ids)
        {
            var values = await third.ValuesAsync(id);
            Assert.Equal(values.Length, values.Distinct().Count());
            foreach (var ((_, sequenceNr), value) in acknowledged.Where(k => k.Key.Item1 == id))
                Assert.Equal(value, values[sequenceNr - 1]);
        }
    }

    [Theory]
    [InlineData("update conference_journal set message = (select message from conference_journal where persistence_id = 'room/default/other') where persistence_id = 'room/default/joe' and sequence_number = 3")]
    [InlineData("update conference_journal set message = {zeros} where persistence_id = 'room/default/joe' and sequence_number = 3")]
    public async Task A_damaged_row_stops_its_entity_and_no_other(string damage)
    {
        await using var node = await StartAsync();
        for (int i = 0; i < 4; i++)
            await node.StoreAsync("room/default/joe", Guid.NewGuid());
        var other = Guid.NewGuid();
        await node.StoreAsync("room/default/other", other);
        await node.StopAsync("room/default/joe");
        await node.StopAsync("room/default/other");
        Assert.Equal(1, await Database.ExecuteAsync(damage.Replace("{zeros}", Zeros, StringComparison.Ordinal)));

        _ = node.Entity("room/default/joe");
        await TestSystem.EventuallyAsync(() => Task.FromResult(node.Unrecovered.ContainsKey("room/default/joe")), "it is read all the same");
        Assert.Equal([other], await node.ValuesAsync("room/default/other"));
        await node.StoreAsync("room/default/other", Guid.NewGuid());
        Assert.Equal(["room/default/joe"], node.Unrecovered.Keys);
    }

    [Fact]
    public async Task A_damaged_payload_is_found_by_its_checksum()
    {
        await using var node = await StartAsync();
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
        await node.StopAsync("room/default/joe");
        // Whole, but another's: read as that one's, it would pass.
        Assert.Equal(1, await Database.ExecuteAsync("update conference_journal set persistence_id = 'room/default/ann'"));
        _ = node.Entity("room/default/ann");
        await TestSystem.EventuallyAsync(() => Task.FromResult(node.Unrecovered.ContainsKey("room/default/ann")), "it is read all the same");
        Assert.IsType<DamagedRowException>(node.Unrecovered["room/default/ann"].GetBaseException());
    }

    [Fact]
    public async Task A_newer_version_is_refused_in_words()
    {
        await Database.ExecuteAsync("insert into conference_store values (1000)");
        await Store.DisposeAsync();
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("version 1000", refusal.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync("delete from conference_store where version = 1000");
        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task A_store_says_whether_it_can_be_written() => await Store.CheckAsync();

    /// <summary>A value of five bytes.</summary>
    private protected abstract string Zeros { get; }

    private protected static long Count(object? value) => Convert.ToInt64(value, null);
}
