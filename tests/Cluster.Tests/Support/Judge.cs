namespace Conference.Cluster.Tests.Support;

/// <summary>What the database itself has seen: whether anything ever had two owners.</summary>
internal static class Judge
{
    /// <summary>From now on everything is written down, in the transactions in which it happens.</summary>
    public static Task InstallAsync(string database) => TestCluster.SqlAsync<int>(
        database,
        """
        create table judged_shard (id int, owner uuid, epoch bigint, at timestamptz default clock_timestamp());
        create table judged_violation (what text, at timestamptz default clock_timestamp());
        create function judge_shard() returns trigger language plpgsql as $$
        begin
            if new.epoch < old.epoch then insert into judged_violation(what) values (format('shard %s: epoch %s after %s', new.id, new.epoch, old.epoch)); end if;
            if new.owner is distinct from old.owner and new.epoch = old.epoch and old.owner is not null then
                insert into judged_violation(what) values (format('shard %s: another owner at epoch %s', new.id, new.epoch)); end if;
            if new.owner is distinct from old.owner or new.epoch <> old.epoch then
                insert into judged_shard(id, owner, epoch) values (new.id, new.owner, new.epoch); end if;
            return new;
        end $$;
        create trigger judge after update on shard for each row execute function judge_shard();
        create function judge_event() returns trigger language plpgsql as $$
        declare now_at bigint;
        begin
            select epoch into now_at from shard where id = new.shard;
            if new.epoch is distinct from now_at then
                insert into judged_violation(what) values (format('event %s of %s: epoch %s while shard %s is at %s', new.seq, new.pid, new.epoch, new.shard, now_at)); end if;
            return new;
        end $$;
        create trigger judge after insert on event for each row execute function judge_event();
        select 1
        """);

    /// <summary>Nothing had two owners, no entity's history has a hole or runs backwards.</summary>
    public static async Task FoundNothingAsync(TestCluster cluster)
    {
        Assert.Equal("", await cluster.SqlAsync<string>("select coalesce(string_agg(what, E'\\n'), '') from judged_violation"));
        Assert.Equal("", await cluster.SqlAsync<string>(
            """
            select coalesce(string_agg(distinct pid, ', '), '') from (
                select pid, seq, epoch, lag(seq) over w as before, lag(epoch) over w as epoch_before from event window w as (partition by pid order by seq)
            ) as e where seq <> coalesce(before, 0) + 1 or epoch < epoch_before
            """));
        Assert.Equal(0L, await cluster.SqlAsync<long>(
            "select count(*) from (select id, epoch from judged_shard where owner is not null group by id, epoch having count(distinct owner) > 1) as twice"));
    }
}
