using System.Collections.Immutable;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Users;
using Conference.Node.ReadModel;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Conference.Store.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Store.Tests;

/// <summary>What both stores promise of what they list, and the projection of how it gets there.</summary>
public abstract class ReadModelSpecification : IAsyncLifetime
{
    private protected TestStore Database { get; private set; } = null!;

    private protected ConferenceStore Store { get; private set; } = null!;

    private protected ReadModelNode Node { get; private set; } = null!;

    private ReadModels Models => Node.Models;

    public async ValueTask InitializeAsync()
    {
        Database = await CreateAsync();
        Store = await Database.OpenAsync();
        Node = await ReadModelNode.StartAsync(Store);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Node.DisposeAsync();
        await Store.DisposeAsync();
        await Database.DisposeAsync();
    }

    private protected abstract Task<TestStore> CreateAsync();

    [Fact]
    public async Task The_directory_is_listed_by_name_page_by_page()
    {
        foreach (string name in (string[])["zoe", "ann", "bob", "\u00e9mile", "\u6f22", "a.b"])
            await Node.AddAsync($"user/default/{name}", new UserEvent.AccountCreated("hash", CommandId.New()));
        await Node.AddAsync("room/default/ann", new RoomEvent.RoomKept(5, true, CommandId.New()));
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await Models.ListAsync(DirectoryKind.User, after, 4);
            seen.AddRange(page.Entries.Select(e => e.Name.ToString()));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(["a.b", "ann", "bob", "zoe", "\u00e9mile", "\u6f22"], seen);
        Assert.Equal("{}", (await Models.FindAsync(DirectoryKind.User, Name.Parse("ann")))?.Details);
        Assert.Equal("{\"maxMembers\":5,\"locked\":true}", (await Models.FindAsync(DirectoryKind.Room, Name.Parse("ann")))?.Details);
        Assert.Null(await Models.FindAsync(DirectoryKind.Room, Name.Parse("bob")));
    }

    [Fact]
    public async Task Accounts_and_rooms_are_listed_as_they_were_left_last()
    {
        await Node.AddAsync(
            "user/default/joe",
            new UserEvent.AccountCreated("1", CommandId.New()), new UserEvent.AccountRemoved(CommandId.New()), new UserEvent.AccountCreated("2", CommandId.New()),
            new UserEvent.PasswordChanged("3", CommandId.New()));
        Assert.NotNull(await Models.FindAsync(DirectoryKind.User, Name.Parse("joe")));
        await Node.AddAsync("user/default/joe", new UserEvent.AccountRemoved(CommandId.New()));
        Assert.Null(await Models.FindAsync(DirectoryKind.User, Name.Parse("joe")));
        await Node.AddAsync("room/default/r", new RoomEvent.RoomKept(5, true, CommandId.New()), new RoomEvent.RoomKept(6, false, CommandId.New()));
        Assert.Equal("{\"maxMembers\":6,\"locked\":false}", (await Models.FindAsync(DirectoryKind.Room, Name.Parse("r")))?.Details);
        await Node.AddAsync("room/default/r", new RoomEvent.RoomClosed(CommandId.New()));
        Assert.Null(await Models.FindAsync(DirectoryKind.Room, Name.Parse("r")));
    }

    [Fact]
    public async Task A_call_record_is_updated_by_its_id_and_comes_back_as_it_was()
    {
        var call = Call("standup", "joe", 1);
        await AddCallsAsync(call);
        AssertSame(call, Assert.Single((await Models.QueryAsync(new CallQuery { OnlyOpen = true })).Records));
        var ended = call with
        {
            Ended = Minute(2), End = CallEnd.NodeGone, Services = ["video", "audio"], BytesIn = 1L << 40, BytesOut = 2, PacketsIn = 3, PacketsOut = long.MaxValue,
        };
        await Node.AddAsync("room/default/standup", Ending(ended));
        Assert.Empty((await Models.QueryAsync(new CallQuery { OnlyOpen = true })).Records);
        AssertSame(ended, Assert.Single((await Models.QueryAsync(new CallQuery())).Records));
    }

    [Fact]
    public async Task Calls_are_found_by_room_user_node_and_time_the_latest_first()
    {
        await AddCallsAsync(
            Call("a", "joe", 1, 5), Call("a", "ann", 2, 3), Call("b", "joe", 3), Call("b", "joe", 4) with { Node = "other" });
        await AssertMinutesAsync(new CallQuery(), 4, 3, 2, 1);
        await AssertMinutesAsync(new CallQuery { Room = Name.Parse("a") }, 2, 1);
        await AssertMinutesAsync(new CallQuery { User = Name.Parse("joe") }, 4, 3, 1);
        await AssertMinutesAsync(new CallQuery { User = Name.Parse("joe"), Room = Name.Parse("a") }, 1);
        await AssertMinutesAsync(new CallQuery { From = Minute(2), To = Minute(4) }, 3, 2);
        await AssertMinutesAsync(new CallQuery { Node = "other" }, 4);
        await AssertMinutesAsync(new CallQuery { OnlyOpen = true }, 4, 3);
    }

    [Fact]
    public async Task Pages_of_calls_are_stable_while_calls_come_and_go()
    {
        // Many that start at once: the time alone is no cursor.
        await AddCallsAsync([.. Enumerable.Range(0, 25).Select(i => Call("a", "joe", i / 10, 50))]);
        var seen = new List<Guid>();
        string? after = null;
        do
        {
            var page = await Models.QueryAsync(new CallQuery { After = after, Limit = 4 });
            seen.AddRange(page.Records.Select(r => r.Id));
            after = page.Next;
            await AddCallsAsync(Call("a", "late", 60));
        }
        while (after is not null);
        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
        await Assert.ThrowsAsync<FormatException>(() => Models.QueryAsync(new CallQuery { After = "'; drop table conference_call" }));
    }

    [Fact]
    public async Task A_call_that_an_earlier_release_ended_before_it_began_ends_when_it_began()
    {
        var call = Call("standup", "joe", 5, endedMinute: 2);
        await AddCallsAsync(call);
        Assert.Equal(call.Started, Assert.Single((await Models.QueryAsync(new CallQuery())).Records).Ended);
    }

    [Fact]
    public async Task Usage_is_what_the_records_come_to_day_by_day()
    {
        // Over midnight, within a day, and for three days in which nothing else happens.
        await AddCallsAsync(Call("a", "joe", -10, 20), Call("a", "ann", 1, 5), Call("b", "joe", 2) with { Id = Guid.NewGuid() });
        await Node.AddAsync("room/default/c", Starting(Call("c", "zoe", 3)));
        await Node.AddAsync("room/globex.example/c", Starting(Call("c", "zoe", 3)));
        var ended = Call("d", "max", 4, 3 * Day + 6) with { BytesIn = 1L << 40, BytesOut = 5 };
        await AddCallsAsync(ended);

        var days = await UsageAsync(-1, 5, Minute(3 * Day + 10));

        Assert.Equal([-1, 0, 1, 2, 3], days.Select(d => d.Day.DayNumber - FirstDay.DayNumber));
        Assert.Equal([1, 4, 0, 0, 0], days.Select(d => (int)d.Sum.Joins));
        Assert.Equal([1, 3, 3, 3, 3], days.Select(d => d.Sum.PeakMembers));
        Assert.Equal((1L << 40, 5), (days[^1].Sum.BytesIn, days[^1].Sum.BytesOut));
        var records = (await Models.QueryAsync(new CallQuery { Domain = Domain.Default })).Records;
        Assert.Equal(5, records.Count);
        Assert.Equal(
            records.Sum(r => ((r.Ended ?? Minute(3 * Day + 10)) - r.Started).Ticks / TimeSpan.TicksPerMicrosecond), days.Sum(d => d.Sum.MemberMicros));
        Assert.Equal(10 * 60_000_000L - 1, days[0].Sum.MemberMicros);
        Assert.Equal([0], (await UsageAsync(0, 1, Minute(Day))).Select(d => d.Day.DayNumber - FirstDay.DayNumber));
    }

    [Fact]
    public async Task Recorded_minutes_are_summed_up_and_counted_as_far_as_they_have_come()
    {
        var (ended, open) = (Call("a", "joe", 1, Day + 6), Call("a", "ann", 2));
        await Node.AddAsync(
            "room/default/a",
            Starting(ended), new RoomEvent.RecordingBegan(ended.Id, Minute(2)), new RoomEvent.RecordingEnded(ended.Id, Minute(4)),
            new RoomEvent.RecordingBegan(ended.Id, Minute(Day - 3)), new RoomEvent.RecordingEnded(ended.Id, Minute(Day + 6)), Ending(ended),
            Starting(open), new RoomEvent.RecordingBegan(open.Id, Minute(Day + 5)));
        await AddCallsAsync(Call("b", "zoe", 1, 9));

        var days = await UsageAsync(0, 2, Minute(Day + 10));

        // Each minute is one microsecond late: the first day has that much less.
        Assert.Equal([(5 * 60_000_000L) - 1, (11 * 60_000_000L) + 1], days.Select(d => d.Sum.RecordedMicros));

        // What is over is kept without its record.
        await Models.DeleteEndedBeforeAsync(Minute(2 * Day), DomainChoice.All);
        Assert.Equal(days.Select(d => d.Sum.RecordedMicros), (await UsageAsync(0, 2, Minute(Day + 10))).Select(d => d.Sum.RecordedMicros));
    }

    [Fact]
    public async Task Usage_outlives_the_records_and_the_projection()
    {
        await AddCallsAsync(Call("a", "joe", 1, 5), Call("a", "ann", 2), Call("a", "zoe", 4));
        var before = await UsageAsync(0, 1, Minute(10));
        await Models.DeleteEndedBeforeAsync(Minute(9), DomainChoice.All);
        await Node.DisposeAsync();
        Node = await ReadModelNode.StartAsync(Store);
        await AddCallsAsync(Call("a", "bob", 10, 10));
        var after = Assert.Single(await UsageAsync(0, 1, Minute(10)));
        Assert.Equal(before[0].Sum with { Joins = 4, PeakMembers = 3 }, after.Sum);
    }

    [Fact]
    public async Task Retention_forgets_what_ended_before_and_nothing_that_goes_on()
    {
        await AddCallsAsync(Call("a", "joe", 1, 2), Call("a", "joe", 1, 3), Call("a", "joe", 1));
        Assert.Equal(1, await Models.DeleteEndedBeforeAsync(Minute(3), DomainChoice.All));
        Assert.Equal(2, (await Models.QueryAsync(new CallQuery())).Records.Count);
        Assert.Equal(0, await Models.DeleteEndedBeforeAsync(Minute(3), DomainChoice.All));
    }

    [Fact]
    public async Task Retention_forgets_in_some_domains_or_in_all_others()
    {
        var (acme, globex) = (Domain.Parse("acme.example"), Domain.Parse("globex.example"));
        foreach (var domain in (Domain[])[default, acme, globex])
        {
            var call = Call("a", "joe", 1, 2) with { Room = Name.Parse("a", domain), User = Name.Parse("joe", domain) };
            await Node.AddAsync(EntityIds.Room(call.Room), Starting(call), Ending(call));
        }

        Assert.Equal(0, await Models.DeleteEndedBeforeAsync(Minute(3), new DomainChoice([], IsAllBut: false)));
        Assert.Equal(1, await Models.DeleteEndedBeforeAsync(Minute(3), new DomainChoice([acme], IsAllBut: false)));
        Assert.Equal(1, await Models.DeleteEndedBeforeAsync(Minute(3), new DomainChoice([acme, globex], IsAllBut: true)));
        Assert.Equal(globex, Assert.Single((await Models.QueryAsync(new CallQuery())).Records).Room.Domain);
    }

    [Fact]
    public async Task Tokens_that_let_in_once_and_keys_of_domains_are_in_the_store()
    {
        var (acme, globex) = (Domain.Parse("acme.example"), Domain.Parse("globex.example"));
        var (keys, elsewhere) = (new DomainKeys(Store), new DomainKeys(Store));
        Assert.Equal(DomainKeySet.None, await keys.FindAsync(acme));
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? keys : elsewhere).MakeJoinAsync(acme, CancellationToken.None)));
        Assert.Single(made.Select(KeyOf).Distinct());
        Assert.NotEqual(KeyOf(made[0]), KeyOf(await keys.MakeJoinAsync(globex, CancellationToken.None)));
        await keys.SetOwnAsync(acme, """{"keys":[]}""", "calls", CancellationToken.None);
        var set = await keys.FindAsync(acme);
        Assert.Equal((KeyOf(made[0]), 0, "calls"), (KeyOf(set.Join!), set.Own!.Count, set.Audience));
        await keys.SetOwnAsync(acme, null, null, CancellationToken.None);
        Assert.Null((await keys.FindAsync(acme)).Own);
        await keys.RemoveAsync(acme, CancellationToken.None);
        Assert.Equal(DomainKeySet.None, await keys.FindAsync(acme));
        Assert.NotEqual(KeyOf(made[0]), KeyOf(await keys.MakeJoinAsync(acme, CancellationToken.None)));

        var table = new DomainTable(new ServedHosts(["example.org"], []));
        table.Take(new DomainRecord(acme, DomainStanding.Open, new DomainRules(SingleUseTokens: true), 1));
        table.Take(new DomainRecord(globex, DomainStanding.Open, DomainRules.None, 1));
        var used = new UsedTokens(Store, table, TimeProvider.System);
        Assert.Equal(SignInVerdict.Ok, await UseAsync(acme, "a", 1));
        // It did not hear the answer.
        Assert.Equal(SignInVerdict.Ok, await UseAsync(acme, "a", 1));
        Assert.Equal(SignInVerdict.TokenUsed, await UseAsync(acme, "a", 2));
        Assert.Equal(SignInVerdict.Ok, await UseAsync(acme, "b", 2));
        Assert.Equal(SignInVerdict.TokenClaims, await UseAsync(acme, null, 3));
        Assert.Equal([SignInVerdict.Ok, SignInVerdict.Ok], [await UseAsync(globex, "a", 1), await UseAsync(globex, "a", 2)]);
        Assert.Single(await Task.WhenAll(Enumerable.Range(10, 8).Select(session => UseAsync(acme, "raced", session))), SignInVerdict.Ok);

        async Task<SignInVerdict> UseAsync(Domain domain, string? id, long session)
        {
            var proved = new SignInResult.Proved(Name.Parse("joe", domain), new SessionGrants(null, true, DateTimeOffset.UtcNow.AddMinutes(5))) { TokenId = id };
            return await used.UseAsync(proved, new SessionId(session)) is SignInResult.Refused refused ? refused.Why : SignInVerdict.Ok;
        }

        static string KeyOf(VerificationKey key) => Convert.ToHexString(((SymmetricSecurityKey)key.Key).Key);
    }

    [Fact]
    public async Task Who_waits_for_the_projection_waits_for_his_own_event_and_not_for_ever()
    {
        await using var alone = await TestSystem.StartAsync(Store);
        await Node.DisposeAsync();
        long stored = await alone.StoreAsync("user/default/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.False(await Models.PassedAsync("user/default/joe", stored, TimeSpan.FromMilliseconds(300)));
        Assert.True(await Models.PassedAsync("user/default/nobody", TimeSpan.FromMilliseconds(300)));
        Node = await ReadModelNode.StartAsync(Store);
        Assert.True(await Models.PassedAsync("user/default/joe", TestSystem.Patience));
        Assert.NotNull(await Models.FindAsync(DirectoryKind.User, Name.Parse("joe")));
    }

    [Fact]
    public async Task Told_all_again_from_the_beginning_it_comes_to_the_same()
    {
        await AddCallsAsync(Call("a", "joe", 1, 5), Call("a", "ann", 2));
        await Node.AddAsync("user/default/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
        var before = (await Models.QueryAsync(new CallQuery())).Records.Select(r => r with { Services = [] }).ToArray();
        var used = await UsageAsync(0, 1, Minute(10));
        await Node.DisposeAsync();
        await Database.ExecuteAsync("update conference_projection set ordering = 0");
        Node = await ReadModelNode.StartAsync(Store);
        Assert.True(await Models.PassedAsync("user/default/joe", TestSystem.Patience));
        Assert.Equal(before, (await Models.QueryAsync(new CallQuery())).Records.Select(r => r with { Services = [] }));
        Assert.Equal(used, await UsageAsync(0, 1, Minute(10)));
        Assert.Single((await Models.ListAsync(DirectoryKind.User, null, 9)).Entries);
    }

    [Fact]
    public async Task A_second_projection_beside_it_loses_and_doubles_nothing()
    {
        await using var twin = await ReadModelNode.StartAsync(Store);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async room =>
        {
            for (int i = 0; i < 30; i++)
            {
                var call = Call($"r{room}", "joe", i, i + 1);
                await (i % 2 == 0 ? Node : twin).System.StoreAsync($"room/default/r{room}-{i % 2}", Starting(call), Ending(call));
            }
        }));
        await TestSystem.EventuallyAsync(async () => (await Models.QueryAsync(new CallQuery { Limit = 1000 })).Records.Count == 240, "some are missing");
        Assert.All((await Models.QueryAsync(new CallQuery { Limit = 1000 })).Records, r => Assert.Equal(CallEnd.Left, r.End));
        var used = Assert.Single(await UsageAsync(0, 1, Minute(0)));
        Assert.Equal((240, 240 * 60_000_000L), (used.Sum.Joins, used.Sum.MemberMicros));
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_passed_over_and_counted()
    {
        await Node.AddAsync("user/default/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
        await Node.DisposeAsync();
        await Database.ExecuteAsync("update conference_projection set ordering = 0; delete from conference_directory");
        await Database.ExecuteAsync("insert into conference_journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) select created, deleted, 'user/default/ann', 1, message, manifest, identifier from conference_journal");
        await Database.ExecuteAsync("insert into conference_journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) select created, deleted, 'user/default/bob', 1, message, 'zz', 77 from conference_journal where persistence_id = 'user/default/joe'");
        Node = await ReadModelNode.StartAsync(Store);
        await Node.AddAsync("user/default/zoe", new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.Equal(["joe", "zoe"], (await Models.ListAsync(DirectoryKind.User, null, 9)).Entries.Select(e => e.Name.ToString()));
        Assert.Contains("conference_projection_skipped_total{projection=\"test\"} 2", await Node.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Domains_are_found_by_what_has_changed_since()
    {
        var (acme, globex) = (Domain.Parse("acme.example"), Domain.Parse("globex.example"));
        var rules = new DomainRules(SignInRequired: true, RoomsOnDemand: false, MaxMembers: 7, Browsers: false);
        Assert.Empty((await Models.ReadDomainsAsync(0, 9)).Records);
        await Node.AddAsync("domain/acme.example", new DomainEvent.DomainPut(DomainRules.None, CommandId.New()), new DomainEvent.DomainPut(rules, CommandId.New()));
        await Node.AddAsync("domain/globex.example", new DomainEvent.DomainPut(DomainRules.None, CommandId.New()));
        var (records, position) = await Models.ReadDomainsAsync(0, 9);
        Assert.Equal(
            [new DomainRecord(acme, DomainStanding.Open, rules, 2), new DomainRecord(globex, DomainStanding.Open, DomainRules.None, 1)], records);
        Assert.Empty((await Models.ReadDomainsAsync(position, 9)).Records);

        var (first, next) = await Models.ReadDomainsAsync(0, 1);
        Assert.Equal(acme, Assert.Single(first).Domain);
        Assert.Equal(globex, Assert.Single((await Models.ReadDomainsAsync(next, 9)).Records).Domain);

        await Node.AddAsync("domain/acme.example", new DomainEvent.RemovalBegan(CommandId.New()));
        (records, position) = await Models.ReadDomainsAsync(position, 9);
        Assert.Equal([new DomainRecord(acme, DomainStanding.Removing, DomainRules.None, 3)], records);
        await Node.AddAsync("domain/acme.example", new DomainEvent.DomainRemoved());
        (records, _) = await Models.ReadDomainsAsync(position, 9);
        Assert.Equal([new DomainRecord(acme, DomainStanding.None, DomainRules.None, 4)], records);
    }

    [Fact]
    public async Task What_is_listed_of_a_domain_is_listed_of_no_other()
    {
        var acme = Domain.Parse("acme.example");
        foreach (string domain in (string[])["default", "acme.example", "globex.example"])
        {
            await Node.AddAsync($"user/{domain}/joe", new UserEvent.AccountCreated("hash", CommandId.New()));
            await Node.AddAsync($"room/{domain}/kept", new RoomEvent.RoomKept(5, false, CommandId.New()));
        }

        var call = Call("standup", "joe", 1) with { Room = Name.Parse("standup", acme), User = Name.Parse("joe", acme) };
        await Node.AddAsync("room/acme.example/standup", Starting(call));
        await AddCallsAsync(Call("standup", "joe", 2, 3));

        Assert.Equal([Name.Parse("joe", acme)], (await Models.ListAsync(DirectoryKind.User, null, 9, acme)).Entries.Select(e => e.Name));
        Assert.Equal([Name.Parse("joe")], (await Models.ListAsync(DirectoryKind.User, null, 9)).Entries.Select(e => e.Name));
        Assert.NotNull(await Models.FindAsync(DirectoryKind.Room, Name.Parse("kept", acme)));
        Assert.Null(await Models.FindAsync(DirectoryKind.Room, Name.Parse("kept", Domain.Parse("nobody.example"))));

        AssertSame(call, Assert.Single((await Models.QueryAsync(new CallQuery { Domain = acme })).Records));
        AssertSame(call, Assert.Single((await Models.QueryAsync(new CallQuery { Room = call.Room })).Records));
        AssertSame(call, Assert.Single((await Models.QueryAsync(new CallQuery { User = call.User })).Records));
        Assert.Single((await Models.QueryAsync(new CallQuery { Domain = Domain.Default })).Records);
        Assert.Equal(2, (await Models.QueryAsync(new CallQuery())).Records.Count);

        await Node.AddAsync("domain/acme.example", new DomainEvent.DomainPut(DomainRules.None, CommandId.New()));
        var contents = await ((IDomainContents)Models).ReadAsync(acme, 9);
        Assert.Equal([Name.Parse("joe", acme)], contents.Accounts);
        Assert.Equal([Name.Parse("kept", acme), Name.Parse("standup", acme)], contents.Rooms);
        contents = await ((IDomainContents)Models).ReadAsync(Domain.Parse("nobody.example"), 9);
        Assert.Empty(contents.Accounts.Concat(contents.Rooms));
        Assert.Single((await ((IDomainContents)Models).ReadAsync(acme, 1)).Accounts);
    }

    [Fact]
    public async Task The_longest_name_of_the_longest_domain_is_stored()
    {
        var domain = Domain.Parse(string.Concat(Enumerable.Repeat("abcdefghi.", 18))[..^1]);
        Assert.Equal(Domain.MaxLength - 1, domain.ToString().Length);
        var name = Name.Parse(string.Concat(Enumerable.Repeat("\u6f22", 21)), domain);
        await Node.AddAsync(EntityIds.User(name), new UserEvent.AccountCreated("hash", CommandId.New()));
        Assert.Equal(name, Assert.Single((await Models.ListAsync(DirectoryKind.User, null, 9, domain)).Entries).Name);
    }

    private protected static CallRecord Call(string room, string user, int startedMinute, int? endedMinute = null) => new()
    {
        Id = Guid.NewGuid(),
        Room = Name.Parse(room),
        User = Name.Parse(user),
        Session = 7,
        Node = "a",
        Started = Minute(startedMinute),
        Ended = endedMinute is { } minute ? Minute(minute) : null,
        End = endedMinute is null ? CallEnd.Open : CallEnd.Left,
    };

    private const int Day = 24 * 60;

    private static DateOnly FirstDay => new(2030, 1, 1);

    private Task<IReadOnlyList<Usage>> UsageAsync(int from, int to, DateTimeOffset now) =>
        Models.UsageAsync(Domain.Default, FirstDay.AddDays(from), FirstDay.AddDays(to), now);

    private static DateTimeOffset Minute(int minute) => new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute).AddMicroseconds(1);

    private static RoomEvent.CallStarted Starting(CallRecord call) => new(call.Id, call.User, call.Session, call.Node, call.Started);

    private static RoomEvent.CallEnded Ending(CallRecord call) => new(
        call.Id, call.Ended!.Value, call.End, new CallTotals([.. call.Services], call.BytesIn, call.BytesOut, call.PacketsIn, call.PacketsOut));

    private async Task AddCallsAsync(params CallRecord[] calls)
    {
        foreach (var call in calls)
            await Node.AddAsync($"room/default/{call.Room}", call.Ended is null ? [Starting(call)] : [Starting(call), Ending(call)]);
    }

    private async Task AssertMinutesAsync(CallQuery query, params int[] minutes) =>
        Assert.Equal(minutes, (await Models.QueryAsync(query)).Records.Select(r => (int)(r.Started - Minute(0)).TotalMinutes));

    private static void AssertSame(CallRecord expected, CallRecord actual)
    {
        Assert.Equal(expected.Services, actual.Services);
        Assert.Equal(expected with { Services = [] }, actual with { Services = [] });
    }
}
