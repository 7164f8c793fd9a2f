using Conference.Node.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>The schema of a SQLite store, step by step.</summary>
internal static class SqliteMigrations
{
    internal static IReadOnlyList<Migration> All { get; } =
    [
        new(1, "events, snapshots, directory, calls",
            """
            create table event (pid text not null, seq integer not null, payload blob not null, checksum integer not null,
                at integer not null, shard integer, epoch integer, primary key (pid, seq)) strict, without rowid;
            create table snapshot (pid text not null, seq integer not null, payload blob not null, checksum integer not null,
                at integer not null, primary key (pid, seq)) strict, without rowid;
            create table directory (kind integer not null, name text not null, details text not null,
                primary key (kind, name)) strict, without rowid;
            create table call (id text primary key, room text not null, member text not null, session integer not null,
                services text not null, node text not null, started integer not null, ended integer, ending integer not null,
                bytes_in integer not null, bytes_out integer not null, packets_in integer not null, packets_out integer not null) strict, without rowid;
            create index call_started on call (started, id);
            create index call_room on call (room, started, id);
            create index call_member on call (member, started, id);
            create index call_ended on call (ended);
            """),
    ];

    /// <returns>The schema it has now.</returns>
    /// <exception cref="StoreException">A newer version's.</exception>
    internal static int Run(SqliteConnection connection, ILogger log)
    {
        // Exclusive: a second process that starts at the same moment waits here, and then finds nothing left to do.
        Execute(connection, "begin exclusive");
        try
        {
            Execute(connection, "create table if not exists migration (number integer primary key, name text not null, at integer not null) strict");
            int current = Convert.ToInt32(Scalar(connection, "select coalesce(max(number), 0) from migration"), null);
            foreach (var step in Migration.Missing(All, current))
            {
                Execute(connection, step.Sql);
                Execute(connection, $"insert into migration values ({step.Number}, '{step.Name}', unixepoch())");
                StoreLog.Migrated(log, step.Number, step.Name);
            }
            Execute(connection, "commit");
        }
        catch
        {
            Execute(connection, "rollback");
            throw;
        }
        return All[^1].Number;
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text given here is a constant of ours.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // As above.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
