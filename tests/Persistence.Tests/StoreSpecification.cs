using Conference.Actors.Persistence;
using Conference.Node.Persistence;
using Conference.Persistence.Tests.Support;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests;

/// <summary>What every store promises of its journal and its snapshots.</summary>
public abstract partial class StoreSpecification : IAsyncLifetime
{
    private protected TestStore Database { get; private set; } = null!;

    private protected IConferenceStore Store { get; set; } = null!;

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

    private protected async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task Events_come_back_in_order_and_after_a_restart()
    {
        await Store.AppendAsync("joe", 1, "a");
        await Store.AppendAsync("joe", 2, "b", "c");
        await Store.AppendAsync("ann", 1, "x");
        Assert.Equal(["a", "b", "c"], await Store.EventsAsync("joe"));
        await ReopenAsync();
        Assert.Equal(["a", "b", "c"], await Store.EventsAsync("joe"));
        Assert.Equal(["c"], await Store.EventsAsync("joe", 3));
        Assert.Equal(["x"], await Store.EventsAsync("ann"));
        Assert.Empty(await Store.EventsAsync("nobody"));
    }

    [Fact]
    public async Task A_replay_longer_than_a_page_is_whole()
    {
        for (int first = 1; first <= 2001; first += 1000)
            await Store.AppendAsync("joe", first, [.. Enumerable.Range(first, first == 2001 ? 1 : 1000).Select(i => $"{i}")]);
        Assert.Equal(Enumerable.Range(1, 2001).Select(i => $"{i}"), await Store.EventsAsync("joe"));
        Assert.Equal(["2000", "2001"], await Store.EventsAsync("joe", 2000));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_write_that_does_not_follow_the_last_event_is_a_conflict_and_stores_nothing(long first)
    {
        await Store.AppendAsync("joe", 1, "a", "b");
        var write = Write("joe", first, "x", "y") with { Changes = [Present("mallory")] };
        var conflict = await Assert.ThrowsAsync<JournalConflictException>(() => Store.AppendAsync(write));
        Assert.Equal((Id("joe"), first), (conflict.PersistenceId, conflict.SequenceNr));
        Assert.Equal(["a", "b"], await Store.EventsAsync("joe"));
        Assert.Empty((await Store.ListAsync(DirectoryKind.User, null, 10)).Entries);
        await Store.AppendAsync("joe", 3, "c");
    }

    [Fact]
    public async Task A_conflict_does_not_fail_the_writes_it_is_committed_with()
    {
        await Store.AppendAsync("taken", 1, "a");
        // Started together, so that they meet in a group.
        var writes = Enumerable.Range(0, 200)
            .Select(i => i % 10 == 0 ? Store.AppendAsync("taken", 1, "b") : Store.AppendAsync($"e{i}", 1, "c", "d")).ToArray();
        await Task.WhenAll(writes.Where((_, i) => i % 10 != 0));
        foreach (var write in writes.Where((_, i) => i % 10 == 0))
            await Assert.ThrowsAsync<JournalConflictException>(() => write);
        Assert.Equal(["a"], await Store.EventsAsync("taken"));
        Assert.Equal(["c", "d"], await Store.EventsAsync("e199"));
    }

    [Fact]
    public async Task Of_two_writers_of_one_entity_exactly_one_succeeds_each_time()
    {
        for (int sequenceNr = 1; sequenceNr <= 20; sequenceNr++)
        {
            var writes = Enumerable.Range(0, 8).Select(w => Store.AppendAsync("joe", sequenceNr, $"{w}", $"{w}")).ToArray();
            int won = 0;
            foreach (var write in writes)
            {
                try
                {
                    await write;
                    won++;
                }
                catch (JournalConflictException)
                {
                }
            }
            Assert.Equal(1, won);
            sequenceNr++;
        }
        var events = await Store.EventsAsync("joe");
        Assert.Equal(20, events.Length);
        Assert.All(events.Chunk(2), pair => Assert.Equal(pair[0], pair[1]));
    }

    [Fact]
    public async Task Sixty_four_entities_writing_at_once_lose_reorder_and_halve_nothing()
    {
        var random = new Random(4);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async entity =>
        {
            int seed;
            lock (random)
                seed = random.Next();
            var sizes = new Random(seed);
            for (int next = 1; next <= 60;)
            {
                int count = sizes.Next(1, 5);
                var write = Write($"e{entity}", next, [.. Enumerable.Range(next, count).Select(i => $"{entity}:{i}")]);
                if (sizes.Next(4) == 0)
                    write = write with { Changes = [Present($"u{entity}", $"{{\"at\":{next + count - 1}}}")] };
                await Store.AppendAsync(write);
                next += count;
            }
        }));
        await ReopenAsync();
        for (int entity = 0; entity < 64; entity++)
        {
            var events = await Store.EventsAsync($"e{entity}");
            Assert.InRange(events.Length, 60, 64);
            Assert.Equal(Enumerable.Range(1, events.Length).Select(i => $"{entity}:{i}"), events);
        }
    }

    [Fact]
    public async Task Any_bytes_and_any_text_survive()
    {
        byte[] payload = [.. Enumerable.Range(0, 256).Select(i => (byte)i), 0, 0];
        const string name = "o'brien\"; drop table event;--\r\n\u00e9\u6f22";
        await Store.AppendAsync(Write(name, 1, "x") with { Events = [payload] });
        await foreach (var row in Store.ReplayAsync(Id(name), 1))
            Assert.Equal(payload, row.Payload.ToArray());
        await Store.AppendAsync(Write(name, 2, "x") with { Events = [new byte[JournalWrite.MaxPayloadBytes]] });
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(Write(name, 3, "x") with { Events = [new byte[JournalWrite.MaxPayloadBytes + 1]] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.AppendAsync(Write(name, 3)));
    }

    [Theory]
    [InlineData("update event set payload = (select payload from event where pid = 'test/other') where pid = 'test/joe' and seq = 3")]
    [InlineData("update event set checksum = checksum + 1 where pid = 'test/joe' and seq = 3")]
    public async Task A_damaged_row_is_named_and_others_are_read(string damage)
    {
        await Store.AppendAsync("joe", 1, "a", "b", "c", "d");
        await Store.AppendAsync("other", 1, "x");
        await ReopenAsync();
        Assert.Equal(1, await Database.ExecuteAsync(damage));
        var corrupt = await Assert.ThrowsAsync<JournalCorruptException>(() => Store.EventsAsync("joe"));
        Assert.Equal((Id("joe"), 3), (corrupt.PersistenceId, corrupt.SequenceNr));
        Assert.Contains("test/joe", corrupt.Message, StringComparison.Ordinal);
        Assert.Equal(["x"], await Store.EventsAsync("other"));
    }

    [Fact]
    public async Task The_newest_whole_snapshot_is_offered_and_the_newest_few_are_kept()
    {
        Assert.Null(await Store.LoadSnapshotAsync(Id("joe")));
        foreach (int sequenceNr in (int[])[10, 20, 30])
            await Store.SaveSnapshotAsync(Id("joe"), Snapshot(sequenceNr, $"s{sequenceNr}"), keep: 2);
        await Store.SaveSnapshotAsync(Id("ann"), Snapshot(5, "ann"), keep: 2);
        Assert.Equal("s30", Text((await Store.LoadSnapshotAsync(Id("joe")))!));
        Assert.Equal("s20", Text((await Store.LoadSnapshotAsync(Id("joe"), 29))!));
        Assert.Null(await Store.LoadSnapshotAsync(Id("joe"), 19));
        await Store.SaveSnapshotAsync(Id("joe"), Snapshot(30, "again"), keep: 2);
        Assert.Equal("again", Text((await Store.LoadSnapshotAsync(Id("joe")))!));
        await Database.ExecuteAsync("update snapshot set checksum = 1 where pid = 'test/joe' and seq = 30");
        Assert.Equal("s20", Text((await Store.LoadSnapshotAsync(Id("joe")))!));
        await Store.DeleteSnapshotsAsync(Id("joe"), 25);
        Assert.Null(await Store.LoadSnapshotAsync(Id("joe")));
        Assert.Equal("ann", Text((await Store.LoadSnapshotAsync(Id("ann")))!));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_in_words()
    {
        await Database.ExecuteAsync("insert into migration (number, name, at) values (1000, 'of the future', 0)");
        await Store.DisposeAsync();
        var refusal = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync());
        Assert.Contains("schema 1000", refusal.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync("delete from migration where number = 1000");
        Store = await Database.OpenAsync();
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_loses_nothing_it_took()
    {
        await Store.DisposeAsync();
        Store = await Database.OpenAsync(new StoreOptions { QueueCapacity = 4, MaxBatch = 2 });
        var writes = Enumerable.Range(0, 500).Select(i => Store.AppendAsync($"e{i}", 1, "a")).ToArray();
        int stored = 0, refused = 0;
        for (int i = 0; i < writes.Length; i++)
        {
            try
            {
                await writes[i];
                stored++;
                Assert.Equal(["a"], await Store.EventsAsync($"e{i}"));
            }
            catch (JournalUnavailableException)
            {
                refused++;
                Assert.Empty(await Store.EventsAsync($"e{i}"));
            }
        }
        Assert.True(stored >= 4 && refused > 0, $"{stored} stored, {refused} refused");
    }
}
