using Conference.Actors.Persistence;
using Conference.Node.Persistence;
using Conference.Persistence.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests;

public sealed class StoreMigratorTests(PostgresServer server)
{
    private const string Odd = "o'br\tien\\\r\n\u6f22";

    [Fact]
    public async Task Everything_is_copied_and_a_store_that_is_not_empty_is_refused()
    {
        await using var from = TestStore.Sqlite();
        await using var to = await TestStore.PostgresAsync(server);
        var call = Call("standup", "joe", 1, 2);
        var open = Call("standup", "ann", 3);
        await using (var store = await from.OpenAsync())
        {
            await store.AppendAsync(Odd, 1, "a", "b\t\\x\n");
            await store.AppendAsync(Write("joe", 1, "x") with
            {
                Changes = [Present("joe", "{\"a\":\"\\t\\\\\"}"), new ReadModelChange.Call(call), new ReadModelChange.Call(open)],
            });
            await store.SaveSnapshotAsync(Id("joe"), Snapshot(1, "s\0"), 2);
            var refusal = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(from, to));
            Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
        }
        var copied = await CopyAsync(from, to);
        Assert.Equal([3, 1, 1, 2], new[] { "event", "snapshot", "directory", "call" }.Select(t => (int)copied[t]));
        await using (var store = await to.OpenAsync())
        {
            Assert.Equal(["a", "b\t\\x\n"], await store.EventsAsync(Odd));
            Assert.Equal("s\0", Text((await store.LoadSnapshotAsync(Id("joe")))!));
            Assert.Equal("{\"a\":\"\\t\\\\\"}", Assert.Single((await store.ListAsync(DirectoryKind.User, null, 9)).Entries).Details);
            Assert.Equal([open.Id, call.Id], (await store.QueryAsync(new CallQuery())).Records.Select(r => r.Id));
            await store.AppendAsync("joe", 2, "y");
        }
        var again = await Assert.ThrowsAsync<StoreException>(() => CopyAsync(from, to));
        Assert.Contains("must be empty", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_said_so() =>
        Assert.Contains("there is no store", (await Assert.ThrowsAsync<StoreException>(() =>
            StoreMigrator.CopyAsync("/nowhere/conference.db", "", NullLogger.Instance))).Message, StringComparison.Ordinal);

    private static Task<IReadOnlyDictionary<string, long>> CopyAsync(TestStore from, TestStore to) =>
        StoreMigrator.CopyAsync(from.Location, to.Location, NullLogger.Instance);
}
