namespace Conference.Cluster.Tests.Support;

/// <summary>What the database itself has seen: which process wrote which row, and when which of them was put out.</summary>
internal static class Judge
{
    /// <summary>A setting of every connection of one life of a node: its number among all lives.</summary>
    public const string WriterSetting = "judge.writer";

    private static readonly TimeSpan _projectionLimit = TimeSpan.FromSeconds(30);

    /// <summary>To be called on an empty database: the triggers come with the tables, which the first node makes.</summary>
    public static Task InstallAsync(string database) => TestCluster.SqlAsync<int>(
        database,
        $$"""
        create table judged_life (life text primary key, writer text);
        create table judged_row (ordering bigint primary key, writer text);
        create function judge_life() returns trigger language plpgsql as $$
        begin
            insert into judged_life values (new.life, current_setting('{{WriterSetting}}', true)) on conflict do nothing;
            return null;
        end $$;
        create function judge_row() returns trigger language plpgsql as $$
        begin
            insert into judged_row values (new.ordering, current_setting('{{WriterSetting}}', true));
            return null;
        end $$;
        create function judge_tables() returns event_trigger language plpgsql as $$
        begin
            if to_regclass('conference_journal') is not null and not exists (select from pg_trigger where tgname = 'judge_row') then
                create trigger judge_row after insert on conference_journal for each row execute function judge_row(); end if;
            if to_regclass('conference_node') is not null and not exists (select from pg_trigger where tgname = 'judge_life') then
                create trigger judge_life after insert on conference_node for each row execute function judge_life(); end if;
        end $$;
        create event trigger judge on ddl_command_end when tag in ('CREATE TABLE') execute function judge_tables();
        select 1
        """);

    /// <summary>
    /// No history has a hole, a number twice, or events that were committed in another order than they are numbered; nobody who had been put out has
    /// committed anything afterwards; no snapshot knows more than the journal; and call records add up to the events.
    /// </summary>
    public static async Task FoundNothingAsync(TestCluster cluster)
    {
        Assert.True(await cluster.SqlAsync<long>("select count(*) from conference_journal j join judged_row using (ordering)") > 0, "the judge has seen nothing");
        await IsEmptyAsync(
            cluster, "holes and doubles",
            "select persistence_id from conference_journal group by persistence_id having count(*) <> max(sequence_number) or count(distinct sequence_number) <> count(*)");
        await IsEmptyAsync(
            cluster, "out of order",
            """
            select persistence_id || ' ' || sequence_number from (
                select persistence_id, sequence_number, pg_xact_commit_timestamp(xmin) as at,
                    lag(pg_xact_commit_timestamp(xmin)) over (partition by persistence_id order by sequence_number) as before
                from conference_journal) as e where at < before
            """);
        await IsEmptyAsync(
            cluster, "written by who had been put out",
            """
            select j.persistence_id || ' ' || j.sequence_number || ' of ' || l.life || ', ' || (pg_xact_commit_timestamp(j.xmin) - pg_xact_commit_timestamp(d.xmin))
            from conference_journal j join judged_row r using (ordering) join judged_life l using (writer) join conference_departed d on d.life = l.life
            where pg_xact_commit_timestamp(j.xmin) > pg_xact_commit_timestamp(d.xmin)
            """);
        await IsEmptyAsync(
            cluster, "snapshots of what is not there",
            """
            select persistence_id from conference_snapshot s
            where sequence_number > (select coalesce(max(sequence_number), 0) from conference_journal j where j.persistence_id = s.persistence_id)
            """);
        if (cluster.Live.Count > 0)
            await CallsAddUpAsync(cluster);
    }

    /// <summary>As many records, and ended ones, as events say, once the projection is there.</summary>
    public static async Task CallsAddUpAsync(TestCluster cluster)
    {
        (long, long) told = default, kept = default;
        try
        {
            await Eventually.IsTrueAsync(
                async () =>
                {
                    told = (await EventsAsync("re.started"), await EventsAsync("re.ended"));
                    kept = (await cluster.SqlAsync<long>("select count(*) from conference_call"), await cluster.SqlAsync<long>("select count(*) from conference_call where ended is not null"));
                    return told == kept;
                },
                _projectionLimit);
        }
        catch (Xunit.Sdk.XunitException)
        {
            Assert.Fail($"started and ended calls: the journal says {told}, the records {kept}");
        }

        // The name of an event's kind stands in it as text.
        Task<long> EventsAsync(string manifest) =>
            cluster.SqlAsync<long>($"select count(*) from conference_journal where tags like '%room%' and position('{manifest}'::bytea in message) > 0");
    }

    private static async Task IsEmptyAsync(TestCluster cluster, string what, string sql) =>
        Assert.Equal((what, ""), (what, await cluster.SqlAsync<string>($"select coalesce(string_agg(f.found, ', '), '') from ({sql}) as f(found)")));
}
