namespace Conference.Node.Akka;

/// <summary>
/// The cluster's tables in PostgreSQL. To be run by whoever makes the store's, under its lock and before any actor system starts; each statement may be run
/// again.
/// </summary>
public static class ClusterSchema
{
    public static IReadOnlyList<string> Statements { get; } =
    [
        """
        -- Nodes that are, or may be, alive. A row is written before its node joins, refreshed every second, deleted when the node has left.
        create table if not exists conference_node(
            life     text primary key,            -- host:port#uid
            identity text not null,               -- of the database it was written in: a copy is not the original
            host     text not null,
            port     int not null,
            name     text not null,               -- Node:Name, not unique
            number   bigint not null,             -- of this life, never used again
            state    text not null check (state in ('joining', 'founding', 'up')),
            since    timestamptz not null default clock_timestamp(),
            seen     timestamptz not null default clock_timestamp())
        """,
        """
        -- Lives that were put out of the cluster: one that wakes up and finds itself here goes.
        create table if not exists conference_departed(
            life text primary key,
            at   timestamptz not null default clock_timestamp())
        """,
        """
        -- Who goes on when a cluster falls into two halves.
        create table if not exists conference_lease(
            name    text primary key,
            owner   text not null,                -- a life
            expires timestamptz not null)
        """,
        """
        -- The certificate that all nodes show each other, with its key.
        create table if not exists conference_certificate(
            identity text primary key,            -- of the database it was made for
            pkcs12   bytea not null,
            seal     text not null check (seal in ('none', 'pbkdf2-sha256/aes-256-gcm')),
            made     timestamptz not null default clock_timestamp())
        """,
        "create sequence if not exists conference_number as bigint",
    ];
}
