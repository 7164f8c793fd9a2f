using System.Text;
using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Persistence.Tests.Support;

/// <summary>Short ways to write and read.</summary>
internal static class Writes
{
    internal static PersistenceId Id(string name) => new($"test/{name}");

    internal static JournalWrite Write(string id, long first, params string[] events) => new()
    {
        PersistenceId = Id(id),
        FirstSequenceNr = first,
        Events = [.. events.Select(e => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(e))],
    };

    internal static Task AppendAsync(this IJournal journal, string id, long first, params string[] events) =>
        journal.AppendAsync(Write(id, first, events));

    internal static async Task<string[]> EventsAsync(this IJournal journal, string id, long from = 1)
    {
        var events = new List<string>();
        long expected = from;
        await foreach (var row in journal.ReplayAsync(Id(id), from))
        {
            Assert.Equal(expected++, row.SequenceNr);
            events.Add(Text(row));
        }
        return [.. events];
    }

    internal static JournalRow Snapshot(long sequenceNr, string text) => new(sequenceNr, Encoding.UTF8.GetBytes(text));

    internal static string Text(JournalRow row) => Encoding.UTF8.GetString(row.Payload.Span);

    internal static ReadModelChange Present(string name, string details = "{}") =>
        new ReadModelChange.Present(new DirectoryEntry(DirectoryKind.User, Name.Parse(name), details));

    internal static ReadModelChange Absent(string name) => new ReadModelChange.Absent(DirectoryKind.User, Name.Parse(name));

    internal static CallRecord Call(string room, string user, int startedMinute, int? endedMinute = null) => new()
    {
        Id = Guid.NewGuid(),
        Room = Name.Parse(room),
        User = Name.Parse(user),
        Session = 7,
        Node = "a",
        Services = ["video", "audio"],
        Started = Minute(startedMinute),
        Ended = endedMinute is { } minute ? Minute(minute) : null,
        End = endedMinute is null ? CallEnd.Open : CallEnd.Left,
        BytesIn = 1,
        BytesOut = 2,
        PacketsIn = 3,
        PacketsOut = long.MaxValue,
    };

    internal static DateTimeOffset Minute(int minute) => new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute).AddMicroseconds(1);
}
