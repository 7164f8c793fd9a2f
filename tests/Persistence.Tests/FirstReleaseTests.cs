using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Persistence.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Conference.Persistence.Tests;

public sealed class FirstReleaseTests
{
    private static readonly ConferenceSerializer Serializer = ConferenceSerializer.Instance;

    [Fact]
    public async Task A_store_of_the_first_version_is_opened_read_and_written_on()
    {
        await using var database = TestStore.Sqlite();
        Directory.CreateDirectory(Path.GetDirectoryName(database.Location)!);
        await using (var connection = new SqliteConnection($"Data Source={database.Location};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "journal-0.1.sql"));
            command.ExecuteNonQuery();
        }
        await using var store = await database.OpenAsync();
        Assert.Equal(FirstRelease.JoesEvents, await EventsAsync(store, FirstRelease.Joe));
        Assert.Equal(FirstRelease.StandupsEvents, await EventsAsync(store, FirstRelease.Standup));
        Assert.Equal(FirstRelease.JoesSnapshot, await SnapshotAsync(store, FirstRelease.Joe, 5));
        Assert.Equal(FirstRelease.StandupsSnapshot, await SnapshotAsync(store, FirstRelease.Standup, 3));
        Assert.Equal([FirstRelease.Entry], (await store.ListAsync(DirectoryKind.Room, null, 10)).Entries);
        var call = Assert.Single((await store.QueryAsync(new CallQuery())).Records);
        Assert.Equal(FirstRelease.Call.Services, call.Services);
        Assert.Equal(FirstRelease.Call with { Services = [] }, call with { Services = [] });
        await store.AppendAsync(new JournalWrite
        {
            PersistenceId = FirstRelease.Joe,
            FirstSequenceNr = FirstRelease.JoesEvents.Length + 1,
            Events = [Serializer.SerializeEvent(FirstRelease.JoesEvents[0])],
        });
    }

    private static async Task<object[]> EventsAsync(IJournal journal, PersistenceId id)
    {
        var events = new List<object>();
        await foreach (var row in journal.ReplayAsync(id, 1))
            events.Add(Serializer.DeserializeEvent(row.Payload.Span));
        return [.. events];
    }

    private static async Task<object> SnapshotAsync(IJournal journal, PersistenceId id, long sequenceNr)
    {
        var row = await journal.LoadSnapshotAsync(id);
        Assert.Equal(sequenceNr, row?.SequenceNr);
        return Serializer.DeserializeSnapshot(row!.Payload.Span);
    }
}
