using System.Data.Common;
using System.Globalization;

namespace Conference.Node.Store;

/// <summary>
/// The tables, made before the actor system starts and by one process at a time: Akka.Persistence.Sql's own <c>auto-initialize</c> stays off, since it
/// races where three nodes start at once, and creates but never alters. Every name begins with <c>conference_</c>, so that it is never a stranger's.
/// </summary>
internal abstract class StoreSchema
{
    /// <summary>Of what is written down here. A store of a later version is refused; one of an earlier gets the steps it lacks.</summary>
    internal const int Version = 1;

    internal const string Journal = "conference_journal";
    internal const string Snapshot = "conference_snapshot";
    internal const string Directory = "conference_directory";
    internal const string Call = "conference_call";
    internal const string Projection = "conference_projection";
    internal const string Audit = "conference_audit";
    internal const string Usage = "conference_usage";
    internal const string Token = "conference_token";
    internal const string DomainKey = "conference_domain_key";
    internal const string UsedToken = "conference_used_token";
    internal const string Domain = "conference_domain";
    internal const string Webhook = "conference_webhook";
    internal const string Delivery = "conference_delivery";
    internal const string Occupant = "conference_occupant";

    /// <summary>Columns that came to tables there were.</summary>
    private (string Table, string Column, string Type)[] Added =>
    [
        (Audit, "domain", "text"), (Audit, "token", "text"), (Call, "recording", Long), (Usage, "recorded_micros", $"{Long} not null default 0"),
    ];

    /// <summary>The type of whole numbers of 64 bits.</summary>
    protected abstract string Long { get; }

    /// <summary>Everything that version <see cref="Version"/> consists of.</summary>
    protected abstract string Tables { get; }

    /// <summary>
    /// What came to <see cref="Version"/> and an earlier build of it need not know: made where it is not there, and the version stays, so that nodes of both
    /// can run on one store, one after the other or at once.
    /// </summary>
    protected abstract string Additions { get; }

    /// <summary>Whether there is a table with this column, where unqualified names are looked for. @table, @column</summary>
    protected abstract string HasColumn { get; }

    /// <summary>Within a transaction that no other process can be in at the same time.</summary>
    /// <returns>Whether anything had to be made.</returns>
    /// <exception cref="StoreException">Of the first engine, or of a newer version.</exception>
    internal async Task<bool> MakeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("create table if not exists conference_store (version int not null)", cancellationToken);
        object? version = await connection.ScalarAsync("select max(version) from conference_store", cancellationToken);
        int current = version is null ? 0 : Convert.ToInt32(version, CultureInfo.InvariantCulture);
        if (current > Version)
            throw new StoreException($"the store is of version {current}, which is newer than this build's {Version}: start a build that is at least as new");
        if (current == Version)
        {
            await AddAsync();
            return false;
        }

        // Its tables were called "event" (pid, seq, payload ...) and "migration".
        if (await HasColumnAsync("event", "pid") && await HasColumnAsync("migration", "number"))
        {
            throw new StoreException(
                "the store was written by the first engine, which only a build of version 0.1 from before the move to Akka.NET reads: give this one an empty store");
        }

        await connection.ExecuteAsync(Tables, cancellationToken);
        await AddAsync();
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"insert into conference_store values ({Version})"), cancellationToken);
        return true;

        async Task AddAsync()
        {
            await connection.ExecuteAsync(Additions, cancellationToken);
            // SQLite adds no column only where it is missing.
            foreach (var (table, column, type) in Added)
            {
                if (!await HasColumnAsync(table, column))
                    await connection.ExecuteAsync($"alter table {table} add column {column} {type}", cancellationToken);
            }
        }

        async Task<bool> HasColumnAsync(string table, string column) =>
            await connection.ScalarAsync(HasColumn, cancellationToken, ("@table", table), ("@column", column)) is not null;
    }
}

internal sealed class PostgresSchema : StoreSchema
{
    internal static PostgresSchema Instance { get; } = new();

    protected override string Long => "bigint";

    protected override string HasColumn =>
        "select 1 from pg_attribute where attrelid = to_regclass(@table) and attname = @column and not attisdropped";

    // Names and types of the first two are Akka.Persistence.Sql's. Names of people and rooms are compared by their bytes, as SQLite does, whatever the
    // database's locale.
    protected override string Tables =>
        """
        create table conference_journal (ordering bigint generated by default as identity primary key, created bigint not null, deleted boolean not null,
            persistence_id varchar(255) collate "C" not null, sequence_number bigint not null, message bytea not null, manifest varchar(500),
            identifier int, tags varchar(100));
        create unique index conference_journal_sequence on conference_journal (persistence_id, sequence_number);
        create table conference_snapshot (persistence_id varchar(255) collate "C" not null, sequence_number bigint not null, created bigint not null,
            snapshot bytea not null, manifest varchar(500), serializer_id int, primary key (persistence_id, sequence_number));
        create table conference_projection (name text primary key, ordering bigint not null);
        create table conference_directory (kind int not null, domain text collate "C" not null, name text collate "C" not null, details text not null,
            primary key (kind, domain, name));
        create table conference_call (id text collate "C" primary key, domain text collate "C" not null, room text collate "C" not null,
            member text collate "C" not null, session bigint not null, services text not null, node text not null, started bigint not null, ended bigint,
            ending int not null, bytes_in bigint not null, bytes_out bigint not null, packets_in bigint not null, packets_out bigint not null);
        create index conference_call_started on conference_call (domain, started, id);
        create index conference_call_room on conference_call (domain, room, started, id);
        create index conference_call_member on conference_call (domain, member, started, id);
        create index conference_call_ended on conference_call (ended);
        """;

    protected override string Additions =>
        """
        create table if not exists conference_audit (id text collate "C" primary key, at bigint not null, operator text not null, origin text not null,
            node text not null, act text not null, room text collate "C", member text collate "C", on_node text, details text not null, status int not null);
        create index if not exists conference_audit_at on conference_audit (at, id);
        create table if not exists conference_token (id text collate "C" primary key, digest text collate "C" not null unique, name text not null,
            domain text collate "C", rights int not null, made bigint not null);
        create table if not exists conference_domain_key (domain text collate "C" primary key, join_secret text, jwks text, audience text);
        create table if not exists conference_used_token (digest text collate "C" primary key, session bigint not null, expires bigint not null);
        create table if not exists conference_usage (domain text collate "C" not null, day text collate "C" not null, member_micros bigint not null, joins bigint not null,
            peak_members int not null, bytes_in bigint not null, bytes_out bigint not null, primary key (domain, day));
        create table if not exists conference_domain (name text collate "C" primary key, standing int not null, rules text not null, version bigint not null,
            ordering bigint not null);
        create index if not exists conference_domain_ordering on conference_domain (ordering);
        create table if not exists conference_webhook (domain text collate "C" not null, id text collate "C" not null, url text not null, secret text not null,
            kinds int not null, enabled int not null, since bigint not null, made bigint not null, primary key (domain, id));
        create table if not exists conference_delivery (domain text collate "C" not null, webhook text collate "C" not null, ordering bigint not null, part int not null,
            id text collate "C" not null, lane text collate "C" not null, kind int not null, body text not null, queued bigint not null, due bigint not null,
            attempts int not null, state int not null, status int, reason text, done bigint, primary key (domain, webhook, ordering, part));
        create unique index if not exists conference_delivery_id on conference_delivery (domain, webhook, id);
        create index if not exists conference_delivery_waiting on conference_delivery (ordering, part) where state = 0;
        create index if not exists conference_delivery_lane on conference_delivery (domain, webhook, lane, ordering, part) where state = 0;
        create index if not exists conference_delivery_replayed on conference_delivery (lane) where state = 0 and lane = id;
        create index if not exists conference_delivery_delivered on conference_delivery (done) where state = 1;
        create index if not exists conference_delivery_dead on conference_delivery (done) where state = 2;
        create table if not exists conference_occupant (domain text collate "C" not null, room text collate "C" not null, session bigint not null, call text not null,
            member text not null, primary key (domain, room, session));
        """;
}

internal sealed class SqliteSchema : StoreSchema
{
    internal static SqliteSchema Instance { get; } = new();

    protected override string Long => "integer";

    protected override string HasColumn => "select 1 from pragma_table_info(@table) where name = @column";

    // Names and types of the first two are Akka.Persistence.Sql's; a number of the journal is never used again, whatever is deleted.
    protected override string Tables =>
        """
        create table conference_journal (ordering integer primary key autoincrement, created integer not null, deleted integer not null,
            persistence_id text not null, sequence_number integer not null, message blob not null, manifest text, identifier integer, tags text) strict;
        create unique index conference_journal_sequence on conference_journal (persistence_id, sequence_number);
        create table conference_snapshot (persistence_id text not null, sequence_number integer not null, created integer not null,
            snapshot blob not null, manifest text, serializer_id integer, primary key (persistence_id, sequence_number)) strict;
        create table conference_projection (name text primary key, ordering integer not null) strict;
        create table conference_directory (kind integer not null, domain text not null, name text not null, details text not null,
            primary key (kind, domain, name)) strict, without rowid;
        create table conference_call (id text primary key, domain text not null, room text not null, member text not null, session integer not null,
            services text not null, node text not null, started integer not null, ended integer, ending integer not null,
            bytes_in integer not null, bytes_out integer not null, packets_in integer not null, packets_out integer not null) strict, without rowid;
        create index conference_call_started on conference_call (domain, started, id);
        create index conference_call_room on conference_call (domain, room, started, id);
        create index conference_call_member on conference_call (domain, member, started, id);
        create index conference_call_ended on conference_call (ended);
        """;

    protected override string Additions =>
        """
        create table if not exists conference_audit (id text primary key, at integer not null, operator text not null, origin text not null,
            node text not null, act text not null, room text, member text, on_node text, details text not null, status integer not null) strict, without rowid;
        create index if not exists conference_audit_at on conference_audit (at, id);
        create table if not exists conference_token (id text primary key, digest text not null unique, name text not null, domain text, rights integer not null,
            made integer not null) strict, without rowid;
        create table if not exists conference_domain_key (domain text primary key, join_secret text, jwks text, audience text) strict, without rowid;
        create table if not exists conference_used_token (digest text primary key, session integer not null, expires integer not null) strict, without rowid;
        create table if not exists conference_usage (domain text not null, day text not null, member_micros integer not null, joins integer not null,
            peak_members integer not null, bytes_in integer not null, bytes_out integer not null, primary key (domain, day)) strict, without rowid;
        create table if not exists conference_domain (name text primary key, standing integer not null, rules text not null, version integer not null,
            ordering integer not null) strict, without rowid;
        create index if not exists conference_domain_ordering on conference_domain (ordering);
        create table if not exists conference_webhook (domain text not null, id text not null, url text not null, secret text not null,
            kinds integer not null, enabled integer not null, since integer not null, made integer not null, primary key (domain, id)) strict, without rowid;
        create table if not exists conference_delivery (domain text not null, webhook text not null, ordering integer not null, part integer not null,
            id text not null, lane text not null, kind integer not null, body text not null, queued integer not null, due integer not null,
            attempts integer not null, state integer not null, status integer, reason text, done integer, primary key (domain, webhook, ordering, part)) strict, without rowid;
        create unique index if not exists conference_delivery_id on conference_delivery (domain, webhook, id);
        create index if not exists conference_delivery_waiting on conference_delivery (ordering, part) where state = 0;
        create index if not exists conference_delivery_lane on conference_delivery (domain, webhook, lane, ordering, part) where state = 0;
        create index if not exists conference_delivery_replayed on conference_delivery (lane) where state = 0 and lane = id;
        create index if not exists conference_delivery_delivered on conference_delivery (done) where state = 1;
        create index if not exists conference_delivery_dead on conference_delivery (done) where state = 2;
        create table if not exists conference_occupant (domain text not null, room text not null, session integer not null, call text not null,
            member text not null, primary key (domain, room, session)) strict, without rowid;
        """;
}
