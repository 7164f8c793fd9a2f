using System.Data.Common;
using Conference.Node.Store;

namespace Conference.Node.ReadModel;

/// <summary>One row of the journal, unread.</summary>
internal sealed record JournalRow(
    long Ordering, long Created, string PersistenceId, long SequenceNr, int Serializer, string Manifest, byte[] Message);

/// <summary>
/// The journal in the order of its numbers, beyond all that has been read. The query plugin of Akka.Persistence.Sql does this too; but it costs 8 to 10 %
/// of a core while nothing happens (AllEvents every 250 ms, with the actor system), waits 3 s at every number that a failed write burnt, ends at a row
/// that cannot be read, and cannot be told to look at once.
/// </summary>
internal class JournalReader
{
    /// <summary>Rows of one transaction of the projection, at most.</summary>
    internal const int Most = 500;

    /// <summary>SQLite has one writer at a time, and a failed one gives its numbers back: what is there is in order and complete.</summary>
    internal virtual Task<IReadOnlyList<JournalRow>> ReadAsync(DbConnection connection, long after, CancellationToken cancellationToken) =>
        RowsAsync(connection, after, cancellationToken);

    protected static async Task<IReadOnlyList<JournalRow>> RowsAsync(DbConnection connection, long after, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(
            """
            select ordering, created, persistence_id, sequence_number, identifier, manifest, message from conference_journal
            where ordering > @after order by ordering limit @most
            """,
            ("@after", after), ("@most", Most));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<JournalRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new JournalRow(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), reader.IsDBNull(4) ? 0 : reader.GetInt32(4),
                reader.IsDBNull(5) ? "" : reader.GetString(5), reader.GetFieldValue<byte[]>(6)));
        }

        return rows;
    }
}
