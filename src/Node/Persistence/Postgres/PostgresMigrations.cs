using Conference.Node.Persistence.Sql;
using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>The schema of a PostgreSQL store, step by step.</summary>
internal static class PostgresMigrations
{
    /// <summary>Names the advisory lock under which one node at a time migrates. Any number no other lock of ours has.</summary>
    private const long Lock = 0x636F_6E66_6572;

    // Names are compared by their bytes, as SQLite does, whatever the database's locale.
    internal static IReadOnlyList<Migration> All { get; } =
    [
        new(1, "events, snapshots, directory, calls",
            """
            create table event (pid text collate "C" not null, seq bigint not null, payload bytea not null, checksum bigint not null,
                at bigint not null, shard int, epoch bigint, primary key (pid, seq));
            create table snapshot (pid text collate "C" not null, seq bigint not null, payload bytea not null, checksum bigint not null,
                at bigint not null, primary key (pid, seq));
            create table directory (kind int not null, name text collate "C" not null, details text not null, primary key (kind, name));
            create table call (id text collate "C" primary key, room text collate "C" not null, member text collate "C" not null,
                session bigint not null, services text not null, node text not null, started bigint not null, ended bigint, ending int not null,
                bytes_in bigint not null, bytes_out bigint not null, packets_in bigint not null, packets_out bigint not null);
            create index call_started on call (started, id);
            create index call_room on call (room, started, id);
            create index call_member on call (member, started, id);
            create index call_ended on call (ended);
            """),
        // The secret is made here, and so once: 32 bytes out of three random UUIDs. Rows that change every second keep room on their
        // page for it, so that no index has to be touched. Ids name lives of nodes; "lock" is the advisory lock that a life holds.
        new(2, "cluster",
            """
            create table cluster (one boolean primary key default true check (one), version bigint not null default 0,
                nodes int not null default 0, secret bytea not null);
            insert into cluster (secret) values (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
            create table node (id uuid primary key, number int not null, name text not null, link text not null, host text not null,
                lock bigint not null, state text not null check (state in ('joining', 'up', 'leaving', 'evicted', 'down')),
                beat bigint not null default 0, accused uuid[] not null default '{}') with (fillfactor = 50);
            create table shard (id int primary key, owner uuid, epoch bigint not null default 0, target uuid, state text not null
                generated always as (case when owner is null then 'free' when target is null then 'owned' else 'draining' end) stored,
                check (owner is not null or target is null)) with (fillfactor = 50);
            insert into shard (id) select generate_series(0, 255);
            """),
    ];

    /// <returns>The schema it has now.</returns>
    /// <exception cref="StoreException">A newer version's.</exception>
    internal static async Task<int> RunAsync(NpgsqlDataSource source, ILogger log, CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync("set local statement_timeout = '60s'");
        await ExecuteAsync($"select pg_advisory_xact_lock({Lock})");
        await ExecuteAsync("create table if not exists migration (number int primary key, name text not null, at bigint not null)");
        int current = (int)(await ExecuteAsync("select coalesce(max(number), 0) from migration"))!;
        foreach (var step in Migration.Missing(All, current))
        {
            await ExecuteAsync(step.Sql);
            await ExecuteAsync($"insert into migration values ({step.Number}, '{step.Name}', extract(epoch from now())::bigint)");
            StoreLog.Migrated(log, step.Number, step.Name);
        }
        await transaction.CommitAsync(cancellationToken);
        return All[^1].Number;

        async Task<object?> ExecuteAsync(string sql)
        {
#pragma warning disable CA2100 // Constants of ours.
            await using var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
            return await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
