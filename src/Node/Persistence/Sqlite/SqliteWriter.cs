using Conference.Actors.Persistence;
using Conference.Node.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>The statements of the one connection that writes. Used by one thread at a time, inside one transaction at a time.</summary>
internal sealed class SqliteWriter(SqliteSession session, TimeProvider time) : IDisposable
{
    private readonly EventInsert _insert = new(session.Connection);

    private const string InsertCall =
        $"insert into call ({CallRows.Columns}) values (@id, @room, @member, @session, @services, @node, @started, @ended, @ending, "
        + $"@bytes_in, @bytes_out, @packets_in, @packets_out) {CallRows.OnConflict}";

    public void Dispose()
    {
        _insert.Dispose();
        session.Close();
    }

    internal void Begin() => session.Command("begin immediate").ExecuteNonQuery();

    internal void Commit() => session.Command("commit").ExecuteNonQuery();

    internal void RollBack()
    {
        try
        {
            session.Command("rollback").ExecuteNonQuery();
        }
        catch (SqliteException)
        {
            // SQLite has done so by itself, as it does when the disk is full.
        }
    }

    /// <returns>False when the entity's last event is another one; nothing was written then.</returns>
    internal bool Append(JournalWrite write)
    {
        long at = CallCursor.Micros(time.GetUtcNow());
        for (int i = 0; i < write.Events.Count; i++)
        {
            // Only the first can find another last event: the transaction is this writer's alone.
            if (!_insert.Execute(write, i, at))
                return false;
        }
        foreach (var change in write.Changes)
            Apply(change);
        return true;
    }

    internal int SaveSnapshot(PersistenceId id, JournalRow snapshot, int keep)
    {
        session.Command(
            "insert into snapshot (pid, seq, payload, checksum, at) values (@pid, @seq, @payload, @checksum, @at) "
            + "on conflict (pid, seq) do update set payload = excluded.payload, checksum = excluded.checksum, at = excluded.at",
            ("@pid", id.ToString()), ("@seq", snapshot.SequenceNr), ("@payload", snapshot.Payload.ToArray()),
            ("@checksum", RowChecksum.Of(id, snapshot.SequenceNr, snapshot.Payload.Span)),
            ("@at", CallCursor.Micros(time.GetUtcNow()))).ExecuteNonQuery();
        return session.Command(
            "delete from snapshot where pid = @pid and seq < (select min(seq) from (select seq from snapshot where pid = @pid order by seq desc limit @keep))",
            ("@pid", id.ToString()), ("@keep", keep)).ExecuteNonQuery();
    }

    internal int DeleteSnapshots(PersistenceId id, long max) =>
        session.Command("delete from snapshot where pid = @pid and seq <= @seq", ("@pid", id.ToString()), ("@seq", max)).ExecuteNonQuery();

    internal int DeleteCalls(long endedBefore) =>
        session.Command("delete from call where ended < @ended", ("@ended", endedBefore)).ExecuteNonQuery();

    private void Apply(ReadModelChange change)
    {
        switch (change)
        {
            case ReadModelChange.Present(var entry):
                session.Command(
                    "insert into directory (kind, name, details) values (@kind, @name, @details) on conflict (kind, name) do update set details = excluded.details",
                    ("@kind", (int)entry.Kind), ("@name", entry.Name.ToString()), ("@details", entry.Details)).ExecuteNonQuery();
                break;
            case ReadModelChange.Absent(var kind, var name):
                session.Command(
                    "delete from directory where kind = @kind and name = @name", ("@kind", (int)kind), ("@name", name.ToString())).ExecuteNonQuery();
                break;
            case ReadModelChange.Call(var call):
                session.Command(
                    InsertCall,
                    ("@id", call.Id.ToString("N")), ("@room", call.Room.ToString()), ("@member", call.User.ToString()),
                    ("@session", call.Session), ("@services", CallRows.Services(call)), ("@node", call.Node),
                    ("@started", CallCursor.Micros(call.Started)), ("@ended", CallRows.Ended(call)), ("@ending", (int)call.End),
                    ("@bytes_in", call.BytesIn), ("@bytes_out", call.BytesOut),
                    ("@packets_in", call.PacketsIn), ("@packets_out", call.PacketsOut)).ExecuteNonQuery();
                break;
        }
    }
}
