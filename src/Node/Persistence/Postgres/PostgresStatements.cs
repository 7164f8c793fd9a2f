using Conference.Actors.Persistence;
using Conference.Node.Persistence.Sql;
using Npgsql;
using NpgsqlTypes;

namespace Conference.Node.Persistence.Postgres;

/// <summary>
/// Writes as statements. Each says by itself which of its writes it took: one whose entity has another last event, or whose
/// shard is at another epoch, is left out and its neighbours are not. A race with another connection's uncommitted write is a
/// unique violation, which fails the whole transaction; its writes are then made one by one.
/// </summary>
internal static class PostgresStatements
{
    // The share lock makes a takeover of the shard wait for this transaction's end, or this transaction for the takeover's: then
    // it, and every later statement, sees the new epoch. All of a transaction's shards at once and in one order, as takeovers
    // lock them, so that nobody waits in a circle.
    private static readonly PositionalSql Lock = new("select id, epoch from shard where id = any(@shards) order by id for share");

    private const string Fenced = " and (w.shard is null or exists (select 1 from shard s where s.id = w.shard and s.epoch = w.epoch))";

    // One row per event; "first" is the number of its write's first event, which must follow the last one stored.
    private const string Insert =
        """
        e as (insert into event (pid, seq, payload, checksum, at, shard, epoch)
        select w.pid, w.seq, w.payload, w.checksum, @at, w.shard, w.epoch
        from unnest(@pid, @seq, @first, @payload, @checksum, @shard, @epoch) as w (pid, seq, first, payload, checksum, shard, epoch)
        where coalesce((select max(o.seq) from event o where o.pid = w.pid), 0) = w.first - 1
        """;

    // Nearly always all of them are taken, and their number says so; which ones, only when it is fewer.
    private const string Taken =
        "select count(*), case when count(*) < @rows then array_agg(pid) end, case when count(*) < @rows then array_agg(seq) end from e";

    private const string Returning = " returning pid, seq)";

    private static readonly PositionalSql Plain = new($"with {Insert}{Returning} {Taken}");

    private static readonly PositionalSql PlainFenced = new($"with {Insert}{Fenced}{Returning} {Taken}");

    // Only where the events were taken. No two of the changes are about the same thing.
    private const string Changes =
        $"""
        , ok as (select 1 from e limit 1),
        d as (delete from directory using unnest(@gone_kind, @gone_name) as x (kind, name), ok
            where directory.kind = x.kind and directory.name = x.name),
        p as (insert into directory (kind, name, details) select x.* from unnest(@kind, @name, @details) as x (kind, name, details), ok
            on conflict (kind, name) do update set details = excluded.details),
        c as (insert into call ({CallRows.Columns}) select x.* from unnest(@id, @room, @member, @session, @services, @node, @started, @ended, @ending,
            @bytes_in, @bytes_out, @packets_in, @packets_out) as x ({CallRows.Columns}), ok {CallRows.OnConflict})
        {Taken}
        """;

    private static readonly PositionalSql Changing = new($"with {Insert}{Returning}{Changes}");

    private static readonly PositionalSql ChangingFenced = new($"with {Insert}{Fenced}{Returning}{Changes}");

    /// <summary>What fenced writes begin their transaction with. Its rows are the shards that there are, each with its epoch.</summary>
    internal static NpgsqlBatchCommand ForShards(IEnumerable<int> shards)
    {
        var command = Lock.Command();
        Add(command, Lock, "@shards", shards.Distinct().ToArray(), NpgsqlDbType.Integer);
        return command;
    }

    /// <summary>Writes without changes share one statement; any other has one of its own.</summary>
    internal static NpgsqlBatchCommand ForEvents(IReadOnlyList<JournalWrite> writes, long at)
    {
        bool isFenced = writes.Any(w => w.Fence is not null);
        return Events(isFenced ? PlainFenced : Plain, writes, at);
    }

    internal static NpgsqlBatchCommand ForChanging(JournalWrite write, long at)
    {
        var sql = write.Fence is null ? Changing : ChangingFenced;
        var command = Events(sql, [write], at);
        // The last word on each thing counts; a statement may say only one.
        var last = write.Changes.GroupBy(KeyOf).Select(g => g.Last()).ToArray();
        var gone = last.OfType<ReadModelChange.Absent>().ToArray();
        Add("@gone_kind", Array.ConvertAll(gone, a => (int)a.Kind), NpgsqlDbType.Integer);
        Add("@gone_name", Array.ConvertAll(gone, a => a.Name.ToString()), NpgsqlDbType.Text);
        var present = last.OfType<ReadModelChange.Present>().Select(p => p.Entry).ToArray();
        Add("@kind", Array.ConvertAll(present, e => (int)e.Kind), NpgsqlDbType.Integer);
        Add("@name", Array.ConvertAll(present, e => e.Name.ToString()), NpgsqlDbType.Text);
        Add("@details", Array.ConvertAll(present, e => e.Details), NpgsqlDbType.Text);
        var calls = last.OfType<ReadModelChange.Call>().Select(c => c.Record).ToArray();
        Add("@id", Array.ConvertAll(calls, c => c.Id.ToString("N")), NpgsqlDbType.Text);
        Add("@room", Array.ConvertAll(calls, c => c.Room.ToString()), NpgsqlDbType.Text);
        Add("@member", Array.ConvertAll(calls, c => c.User.ToString()), NpgsqlDbType.Text);
        Add("@session", Array.ConvertAll(calls, c => c.Session), NpgsqlDbType.Bigint);
        Add("@services", Array.ConvertAll(calls, CallRows.Services), NpgsqlDbType.Text);
        Add("@node", Array.ConvertAll(calls, c => c.Node), NpgsqlDbType.Text);
        Add("@started", Array.ConvertAll(calls, c => CallCursor.Micros(c.Started)), NpgsqlDbType.Bigint);
        Add("@ended", Array.ConvertAll(calls, CallRows.Ended), NpgsqlDbType.Bigint);
        Add("@ending", Array.ConvertAll(calls, c => (int)c.End), NpgsqlDbType.Integer);
        Add("@bytes_in", Array.ConvertAll(calls, c => c.BytesIn), NpgsqlDbType.Bigint);
        Add("@bytes_out", Array.ConvertAll(calls, c => c.BytesOut), NpgsqlDbType.Bigint);
        Add("@packets_in", Array.ConvertAll(calls, c => c.PacketsIn), NpgsqlDbType.Bigint);
        Add("@packets_out", Array.ConvertAll(calls, c => c.PacketsOut), NpgsqlDbType.Bigint);
        return command;

        void Add(string name, Array values, NpgsqlDbType type) => PostgresStatements.Add(command, sql, name, values, type);
    }

    private static NpgsqlBatchCommand Events(PositionalSql sql, IReadOnlyList<JournalWrite> writes, long at)
    {
        var command = sql.Command();
        int count = writes.Sum(w => w.Events.Count);
        var pid = new string[count];
        var (seq, first, checksum) = (new long[count], new long[count], new long[count]);
        var payload = new ReadOnlyMemory<byte>[count];
        var (shard, epoch) = (new int?[count], new long?[count]);
        int row = 0;
        foreach (var write in writes)
        {
            string id = write.PersistenceId.ToString();
            for (int i = 0; i < write.Events.Count; i++, row++)
            {
                (pid[row], seq[row], first[row], payload[row]) = (id, write.FirstSequenceNr + i, write.FirstSequenceNr, write.Events[i]);
                checksum[row] = RowChecksum.Of(write.PersistenceId, seq[row], write.Events[i].Span);
                (shard[row], epoch[row]) = (write.Fence?.Shard.Value, write.Fence?.Epoch);
            }
        }
        Add(command, sql, "@pid", pid, NpgsqlDbType.Text);
        Add(command, sql, "@seq", seq, NpgsqlDbType.Bigint);
        Add(command, sql, "@first", first, NpgsqlDbType.Bigint);
        Add(command, sql, "@payload", payload, NpgsqlDbType.Bytea);
        Add(command, sql, "@checksum", checksum, NpgsqlDbType.Bigint);
        Add(command, sql, "@shard", shard, NpgsqlDbType.Integer);
        Add(command, sql, "@epoch", epoch, NpgsqlDbType.Bigint);
        sql.Set(command, "@at", new NpgsqlParameter<long> { TypedValue = at });
        sql.Set(command, "@rows", new NpgsqlParameter<long> { TypedValue = count });
        return command;
    }

    private static void Add(NpgsqlBatchCommand command, PositionalSql sql, string name, Array values, NpgsqlDbType type) =>
        sql.Set(command, name, new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values });

    private static object KeyOf(ReadModelChange change) => change switch
    {
        ReadModelChange.Present(var entry) => (entry.Kind, entry.Name),
        ReadModelChange.Absent(var kind, var name) => (kind, name),
        ReadModelChange.Call(var record) => record.Id,
        _ => change,
    };
}
