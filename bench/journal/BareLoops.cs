using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Conference.Bench.Journal;

/// <summary>The floor: one connection, one prepared insert, the same table, payload and commit settings, and nothing else.</summary>
internal static class BareLoops
{
    internal static double Sqlite(string path, int group, TimeSpan time, int round)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        Execute("pragma journal_mode = wal; pragma synchronous = full");
        Execute("create table if not exists bare (pid text not null, seq integer not null, payload blob not null, checksum integer not null, "
            + "at integer not null, shard integer, epoch integer, primary key (pid, seq)) strict, without rowid");
        using var begin = Command("begin immediate");
        using var commit = Command("commit");
        using var insert = Command("insert into bare (pid, seq, payload, checksum, at) values (@pid, @seq, @payload, 1, 1)");
        var pid = insert.Parameters.Add("@pid", SqliteType.Text);
        var seq = insert.Parameters.Add("@seq", SqliteType.Integer);
        insert.Parameters.Add("@payload", SqliteType.Blob).Value = new byte[Appends.PayloadBytes];
        insert.Prepare();
        return Loop(group, time, sequenceNr =>
        {
            begin.ExecuteNonQuery();
            for (int i = 0; i < group; i++)
            {
                (pid.Value, seq.Value) = ($"bench/{round}/{group}/{i}", sequenceNr);
                insert.ExecuteNonQuery();
            }
            commit.ExecuteNonQuery();
        });

        SqliteCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            return command;
        }

        void Execute(string sql)
        {
            using var command = Command(sql);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>All inserts of a group sent together, one transaction, one round trip.</summary>
    internal static double Postgres(string connectionString, int group, TimeSpan time, int round)
    {
        using var connection = OpenPostgres(connectionString);
        using var batch = new NpgsqlBatch(connection);
        for (int i = 0; i < group; i++)
        {
            var command = new NpgsqlBatchCommand("insert into bare (pid, seq, payload, checksum, at) values ($1, $2, $3, 1, 1)");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"bench/{round}/{group}/{i}" });
            command.Parameters.Add(new NpgsqlParameter<long>());
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = new byte[Appends.PayloadBytes] });
            batch.BatchCommands.Add(command);
        }
        return Loop(group, time, sequenceNr =>
        {
            foreach (NpgsqlBatchCommand command in batch.BatchCommands)
                ((NpgsqlParameter<long>)command.Parameters[1]).TypedValue = sequenceNr;
            if (sequenceNr == 1)
                batch.Prepare();
            batch.ExecuteNonQuery();
        });
    }

    /// <summary>All rows of a group as arrays of one insert.</summary>
    internal static double PostgresArrays(string connectionString, int group, TimeSpan time, int round)
    {
        using var connection = OpenPostgres(connectionString);
        using var command = new NpgsqlCommand(
            "insert into bare (pid, seq, payload, checksum, at) select p, s, d, 1, 1 from unnest($1, $2, $3) as w (p, s, d)", connection);
        string[] pids = [.. Enumerable.Range(0, group).Select(i => $"arrays/{round}/{group}/{i}")];
        command.Parameters.Add(new NpgsqlParameter { Value = pids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        var seqs = new NpgsqlParameter { Value = new long[group], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
        command.Parameters.Add(seqs);
        byte[][] payloads = [.. Enumerable.Range(0, group).Select(_ => new byte[Appends.PayloadBytes])];
        command.Parameters.Add(new NpgsqlParameter { Value = payloads, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
        command.Prepare();
        return Loop(group, time, sequenceNr =>
        {
            Array.Fill((long[])seqs.Value!, sequenceNr);
            command.ExecuteNonQuery();
        });
    }

    private static NpgsqlConnection OpenPostgres(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        connection.Open();
        using var create = new NpgsqlCommand(
            "create table if not exists bare (pid text collate \"C\" not null, seq bigint not null, payload bytea not null, checksum bigint not null, "
            + "at bigint not null, shard int, epoch bigint, primary key (pid, seq))", connection);
        create.ExecuteNonQuery();
        return connection;
    }

    private static double Loop(int group, TimeSpan time, Action<long> commit)
    {
        long start = Stopwatch.GetTimestamp(), rows = 0;
        for (long sequenceNr = 1; Stopwatch.GetElapsedTime(start) < time; sequenceNr++, rows += group)
            commit(sequenceNr);
        return rows / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
