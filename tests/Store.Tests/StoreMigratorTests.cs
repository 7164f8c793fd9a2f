using Akka.Actor;
using Conference.Actors;
using Conference.Actors.Users;
using Conference.Node.ReadModel;
using Conference.Node.Store;
using Conference.Store.Tests.Support;

namespace Conference.Store.Tests;

public sealed class StoreMigratorTests(PostgresServer server)
{
    [Fact]
    public async Task Everything_is_copied_written_on_and_listed_and_a_store_that_is_not_empty_is_refused()
    {
        await using var from = TestStore.Sqlite();
        await using var to = await TestStore.PostgresAsync(server);
        Guid[] values = [.. Enumerable.Range(0, 30).Select(_ => Guid.NewGuid())];
        await using (var store = await from.OpenAsync())
        await using (var node = await ReadModelNode.StartAsync(store))
        {
            foreach (var value in values)
                await node.System.StoreAsync("room/default/o'br\u6f22en", value);
            node.System.Entity("room/default/o'br\u6f22en").Tell(new StoringActor.TakeSnapshot());
            await node.AddAsync("user/default/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
            await TestSystem.EventuallyAsync(async () => Convert.ToInt64(await from.QueryAsync("select count(*) from conference_snapshot"), null) == 1, "no snapshot");
            var refusal = await Assert.ThrowsAsync<StoreException>(() => StoreMigrator.CopyAsync(from.Location, to.Location));
            Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        }

        // A hole, as deleted rows leave it: numbers are kept, not counted anew.
        await from.ExecuteAsync("delete from conference_journal where ordering = 5");
        var copied = await StoreMigrator.CopyAsync(from.Location, to.Location);
        Assert.Equal(
            [("conference_journal", 30L), ("conference_snapshot", 1L), ("conference_directory", 1L), ("conference_projection", 1L)],
            copied.Where(c => c.Value > 0).Select(c => (c.Key, c.Value)));
        string tables = (string)(await from.QueryAsync("select group_concat(name) from sqlite_master where type = 'table' and name like 'conference_%'"))!;
        Assert.Equal(tables.Split(',').Except(["conference_store"]).Order(), copied.Keys.Order());

        await using (var store = await to.OpenAsync())
        await using (var node = await ReadModelNode.StartAsync(store))
        {
            Assert.Equal(values, await node.System.ValuesAsync("room/default/o'br\u6f22en"));
            Assert.Equal(["joe"], (await node.Models.ListAsync(DirectoryKind.User, null, 9)).Entries.Select(e => e.Name.ToString()));
            Assert.Equal(31, await node.System.StoreAsync("room/default/o'br\u6f22en", Guid.NewGuid()));
            Assert.Equal(32L, await to.QueryAsync("select max(ordering) from conference_journal"));
            await node.AddAsync("user/default/ann", new UserEvent.AccountCreated("hash", CommandId.New()));
            Assert.Equal(["ann", "joe"], (await node.Models.ListAsync(DirectoryKind.User, null, 9)).Entries.Select(e => e.Name.ToString()));
        }

        var again = await Assert.ThrowsAsync<StoreException>(() => StoreMigrator.CopyAsync(from.Location, to.Location));
        Assert.Contains("must be empty", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_store_is_copied_too()
    {
        await using var from = TestStore.Sqlite();
        await using var to = await TestStore.PostgresAsync(server);
        await (await from.OpenAsync()).DisposeAsync();
        Assert.All((await StoreMigrator.CopyAsync(from.Location, to.Location)).Values, count => Assert.Equal(0, count));
        await using var store = await to.OpenAsync();
        await using var node = await TestSystem.StartAsync(store);
        await node.StoreAsync("room/default/joe", Guid.NewGuid());
        Assert.Equal(1L, await to.QueryAsync("select max(ordering) from conference_journal"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said_so() =>
        Assert.Contains("there is no store", (await Assert.ThrowsAsync<StoreException>(() =>
            StoreMigrator.CopyAsync("/nowhere/conference.db", ""))).Message, StringComparison.Ordinal);
}
