namespace Conference.Node.Store;

internal sealed class SqliteSchema : StoreSchema
{
    internal static SqliteSchema Instance { get; } = new();

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
}
