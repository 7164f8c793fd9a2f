using Conference.Actors.Persistence;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>The one statement that is made for every event: prepared once, its parameters at hand.</summary>
internal sealed class EventInsert : IDisposable
{
    private readonly SqliteCommand _command;
    private readonly SqliteParameter _pid, _seq, _payload, _checksum, _at, _shard, _epoch;

    internal EventInsert(SqliteConnection connection)
    {
        _command = connection.CreateCommand();
        // The check and the write are one statement: no event without the one before it, none twice.
        _command.CommandText =
            """
            insert into event (pid, seq, payload, checksum, at, shard, epoch) select @pid, @seq, @payload, @checksum, @at, @shard, @epoch
            where coalesce((select max(seq) from event where pid = @pid), 0) = @seq - 1
            """;
        _pid = _command.Parameters.Add("@pid", SqliteType.Text);
        _seq = _command.Parameters.Add("@seq", SqliteType.Integer);
        _payload = _command.Parameters.Add("@payload", SqliteType.Blob);
        _checksum = _command.Parameters.Add("@checksum", SqliteType.Integer);
        _at = _command.Parameters.Add("@at", SqliteType.Integer);
        _shard = _command.Parameters.Add("@shard", SqliteType.Integer);
        _epoch = _command.Parameters.Add("@epoch", SqliteType.Integer);
    }

    /// <returns>False when the event before it is not the entity's last.</returns>
    internal bool Execute(JournalWrite write, int index, long at)
    {
        long sequenceNr = write.FirstSequenceNr + index;
        var payload = write.Events[index];
        _pid.Value = write.PersistenceId.ToString();
        _seq.Value = sequenceNr;
        _payload.Value = payload.ToArray();
        _checksum.Value = RowChecksum.Of(write.PersistenceId, sequenceNr, payload.Span);
        _at.Value = at;
        _shard.Value = write.Fence is { } fence ? fence.Shard.Value : DBNull.Value;
        _epoch.Value = write.Fence is { } e ? e.Epoch : DBNull.Value;
        return _command.ExecuteNonQuery() == 1;
    }

    public void Dispose() => _command.Dispose();
}
