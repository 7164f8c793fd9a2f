namespace Conference.Node.Akka;

/// <summary>The statements of formation, registration and departure. All times are the database's.</summary>
internal static class NodeSql
{
    public const string Identity = """
        select (select system_identifier from pg_control_system())::text || '/' || oid::text from pg_database where datname = current_database()
        """;

    public const string Number = "select nextval('conference_number')";

    public const string FormationLock = "select pg_advisory_xact_lock($1)";

    /// <summary>Rows that came with a copy of another database.</summary>
    public const string DeleteForeign = "delete from conference_node where identity <> $1";

    /// <summary>Who holds the lock of this address may say that earlier lives of it are over. $1 host, $2 port, $3 own life</summary>
    public const string DepartEarlierLives = """
        with earlier as (delete from conference_node where host = $1 and port = $2 and life <> $3 returning life)
        insert into conference_departed(life) select life from earlier on conflict do nothing
        """;

    public const string Rows = """
        select life, host, port, name, number, state, extract(epoch from clock_timestamp() - seen)::float8 from conference_node order by since, life
        """;

    /// <summary>$1 life, $2 identity, $3 host, $4 port, $5 name, $6 number, $7 state</summary>
    public const string Register = """
        insert into conference_node(life, identity, host, port, name, number, state)
        select $1, $2, $3, $4, $5, $6, $7 where not exists (select from conference_departed where life = $1)
        on conflict (life) do update set state = excluded.state, seen = clock_timestamp()
        """;

    public const string Unregister = "delete from conference_node where life = $1";

    /// <summary>Which of the keys $1 (bigint[]) some session of this database holds.</summary>
    public const string Held = $"select key from unnest($1::bigint[]) key where exists (select from pg_locks l where {IsLockOfKey})";

    /// <summary>$1 life, $2 its key</summary>
    public const string Depart = $"""
        with departed as (insert into conference_departed(life) values ($1) on conflict do nothing),
             deleted as (delete from conference_node where life = $1),
             forgotten as (delete from conference_departed where at < clock_timestamp() - interval '7 days')
        select pg_terminate_backend(l.pid) from pg_locks l, (select $2::bigint as key) k where {IsLockOfKey} and l.pid <> pg_backend_pid()
        """;

    private const string IsLockOfKey = """
        l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid::bigint = ((key >> 32) & 4294967295) and l.objid::bigint = (key & 4294967295)
        """;
}
