namespace Conference.Node.Cluster;

/// <summary>
/// The statements of <see cref="Actors.Cluster.Membership.MembershipStatement"/>, which says what each must do. Parameters are numbered in
/// the order they are given. Every batch of them is one transaction.
/// </summary>
internal static class MembershipSql
{
    /// <summary>Is somebody holding the advisory lock of this number in this database?</summary>
    private const string IsHeld =
        """
        exists (select from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
            and l.database = (select oid from pg_database where datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = n.lock)
        """;

    /// <summary>A later snapshot than that of the lock: it sees what those did who held it before.</summary>
    internal const string LockRegister = "select pg_advisory_xact_lock($1)";

    /// <summary>$1 id, $2 name, $3 link, $4 host, $5 lock. -> state, number of the row that was there; id of the other with this link; number of the new row.</summary>
    internal const string Register =
        $"""
        with mine as (select state, number from node where id = $1),
        other as (select n.id from node n where n.link = $3 and n.id <> $1 and n.state <> 'down' and {IsHeld} limit 1),
        made as (insert into node (id, number, name, link, host, lock, state)
            select $1, (select nodes + 1 from cluster), $2, $3, $4, $5,
                case when exists (select from node where state = 'up') then 'joining' else 'up' end
            where not exists (select from mine) and not exists (select from other)
            returning number)
        select (select state from mine), (select number from mine), (select id from other), (select number from made)
        """;

    internal const string ForgetOldNodes =
        "delete from node n where state = 'down' and number <= (select nodes from cluster) - 256 and not exists (select from shard where owner = n.id)";

    /// <summary>$1 id, $2 accused. -> version, or no row.</summary>
    internal const string Beat =
        """
        with b as (update node set beat = beat + 1, accused = $2 where id = $1 and state in ('joining', 'up', 'leaving') returning 1)
        select version from cluster where exists (select from b)
        """;

    /// <summary>Everything, in one snapshot and one row of arrays.</summary>
    internal const string Tables =
        """
        select c.version, n.*, a.*, s.* from cluster c,
        (select array_agg(n.id), array_agg(number), array_agg(name), array_agg(link), array_agg(host), array_agg(state), array_agg(beat)
            from node n where state <> 'down' or exists (select from shard where owner = n.id)) n,
        (select array_agg(n.id), array_agg(x) from node n, unnest(n.accused) x where state <> 'down') a,
        (select array_agg(id order by id), array_agg(owner order by id), array_agg(epoch order by id), array_agg(target order by id) from shard) s
        """;

    /// <summary>$1 ids or null for all, $2 suspects. -> id, beat, accused, holds its session.</summary>
    internal const string Observe =
        $"""
        select n.id, n.beat, n.accused, case when n.id = any($2) then {IsHeld} end
        from node n where n.state <> 'down' and ($1 is null or n.id = any($1))
        """;

    /// <summary>$1 lock. Ends an earlier session of the same life that the server still believes in, then takes its place.</summary>
    internal const string EndEarlierSession =
        """
        select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
            and l.database = (select oid from pg_database where datname = current_database())
            and (l.classid::bigint << 32 | l.objid::bigint) = $1 and l.pid <> pg_backend_pid()
        """;

    internal const string TakeSessionLock = "select pg_advisory_lock($1)";

    internal const string Listen = "listen " + SessionNames.Channel;

    internal const string Begin = "begin";

    internal const string Commit = "commit";

    internal const string TryReconcileLock = "select pg_try_advisory_xact_lock($1)";

    /// <summary>$1 ids, $2 the beats they were seen at, $3 application prefix. Marks them down, and ends their sessions: none may hold a row any longer.</summary>
    internal const string MarkDown =
        """
        with d as (update node n set state = 'down' from unnest($1, $2) x (id, beat)
            where n.id = x.id and n.beat = x.beat and n.state <> 'down' returning n.id)
        select pg_terminate_backend(a.pid) from pg_stat_activity a join d on a.application_name = $3 || d.id::text
            where a.datname = current_database()
        """;

    /// <summary>$1 ids.</summary>
    internal const string Evict = "update node set state = 'evicted' where id = any($1) and state in ('joining', 'up', 'leaving')";

    /// <summary>$1 shards. In the order in which everybody locks them; what comes after it in the transaction sees who had them before.</summary>
    internal const string LockShards = "select from shard where id = any($1) order by id for no key update";

    /// <summary>$1 shards, $2 epochs, $3 new owners, $4 whether each is overdue.</summary>
    internal const string TakeOver =
        """
        update shard s set owner = x.owner, target = null, epoch = s.epoch + 1 from unnest($1, $2, $3, $4) x (id, epoch, owner, overdue)
        where s.id = x.id and s.epoch = x.epoch
            and (not exists (select from node n where n.id = s.owner and n.state <> 'down') or (x.overdue and s.target is not null))
        """;

    /// <summary>$1 shards, $2 epochs, $3 targets.</summary>
    internal const string Drain =
        """
        update shard s set target = x.target from unnest($1, $2, $3) x (id, epoch, target)
        where s.id = x.id and s.epoch = x.epoch and s.owner is not null
        """;

    /// <summary>$1 shards, $2 epochs, $3 the owner that gives them up.</summary>
    internal const string CompleteHandoff =
        """
        update shard s set owner = s.target, target = null, epoch = s.epoch + 1 from unnest($1, $2) x (id, epoch)
        where s.id = x.id and s.epoch = x.epoch and s.owner = $3 and s.target is not null
        """;

    /// <summary>$1 id, $2 state.</summary>
    internal const string SetState = "update node set state = $2 where id = $1 and state in ('joining', 'up', 'leaving') and state <> $2";

    /// <summary>$1 id.</summary>
    internal const string GoDown = "update node set state = 'down' where id = $1 and state <> 'down'";

    /// <summary>$1 id.</summary>
    internal const string LockOwnShards = "select from shard where owner = $1 order by id for no key update";

    /// <summary>$1 id.</summary>
    internal const string FreeShards = "update shard set owner = null, target = null, epoch = epoch + 1 where owner = $1";

    /// <summary>$1 channel. The last of every transaction that may have changed something: a row says by itself that this transaction wrote it.</summary>
    internal const string CountVersion =
        """
        with v as (update cluster set version = version + 1
            where exists (select from node where xmin = pg_current_xact_id()::xid) or exists (select from shard where xmin = pg_current_xact_id()::xid)
            returning version)
        select pg_notify($1, v.version::text) from v
        """;

    /// <summary>$1 channel. The same after <see cref="Register"/>: the number of the row that was made is used up.</summary>
    internal const string CountNode =
        """
        with v as (update cluster set version = version + 1, nodes = nodes + 1
            where exists (select from node where xmin = pg_current_xact_id()::xid) returning version)
        select pg_notify($1, v.version::text) from v
        """;

    internal const string Secret = "select encode(secret, 'hex') from cluster";
}
