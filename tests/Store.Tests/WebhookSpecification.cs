using Akka.Hosting;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Node.Metrics;
using Conference.Node.ReadModel;
using Conference.Node.Store;
using Conference.Node.Webhooks;
using Conference.Protocol.Addresses;
using Conference.Store.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Store.Tests;

/// <summary>What is queued for webhooks of what is in the journal, on both stores.</summary>
public abstract class WebhookSpecification : IAsyncLifetime
{
    private const WebhookKinds All = (WebhookKinds)1023;

    private static readonly Domain _acme = Domain.Parse("acme.example");

    private TestStore Database { get; set; } = null!;

    private ConferenceStore Store { get; set; } = null!;

    private TestSystem System { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await CreateAsync();
        Store = await Database.OpenAsync();
        System = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await System.DisposeAsync();
        await Store.DisposeAsync();
        await Database.DisposeAsync();
    }

    private protected abstract Task<TestStore> CreateAsync();

    [Fact]
    public async Task Each_webhook_is_told_what_it_wants_of_its_domain_and_nothing_else()
    {
        await PutAsync(_acme, "all", All);
        await PutAsync(_acme, "leavers", WebhookKinds.MemberLeft);
        await PutAsync(_acme, "off", All, isEnabled: false);
        await PutAsync(Domain.Default, "other", All);
        var (joe, ann) = (Call("joe", 1), Call("ann", 2));
        await AddAsync(
            "room/acme.example/standup",
            joe, ann, new RoomEvent.RecordingBegan(ann.Call, At(3)), new RoomEvent.MemberMuted(joe.User, true, CommandId.New()),
            new RoomEvent.MemberMuted(joe.User, false, CommandId.New()), new RoomEvent.MemberPutOut(joe.User, CommandId.New(), IsBarred: true), Ended(joe, CallEnd.PutOut),
            new RoomEvent.RecordingEnded(ann.Call, At(5)), Ended(ann), new RoomEvent.RoomResumed(At(9)), new RoomEvent.MemberWaiting(joe.User, At(10)));

        var told = await ToldAsync(_acme, "all");
        Assert.Equal(
            [
                "1 room.opened ", "1 member.joined joe", "2 member.joined ann", "3 recording.began ann", "4 member.muted joe", "5 member.unmuted joe", "6 member.putout joe",
                "7 member.left joe", "8 recording.ended ann", "9 member.left ann", "9 room.closed ",
                "11 member.waiting joe",
            ],
            told.Select(e => $"{e.Number} {e.Kind} {e.Member}"));
        Assert.All(told, e => Assert.Equal(("acme.example", "standup"), (e.Domain, e.Room)));
        Assert.Equal([At(1), At(1), At(2), At(3)], told.Take(4).Select(e => e.At));
        Assert.Equal(["put out", null, "left"], told.Skip(7).Take(3).Select(e => e.End));
        Assert.Equal([null, joe.Call, ann.Call, ann.Call, null], told.Take(5).Select(e => e.Call));
        Assert.Equal(told.Count, told.Select(e => e.Id).Distinct().Count());
        Assert.Equal(told.Where(e => e.Kind == "member.left"), await ToldAsync(_acme, "leavers"));
        Assert.Empty(await ToldAsync(_acme, "off"));
        Assert.Empty(await ToldAsync(Domain.Default, "other"));
    }

    [Fact]
    public async Task A_room_is_opened_by_the_first_and_closed_by_the_last_whatever_restarts_meanwhile()
    {
        await PutAsync(_acme, "rooms", WebhookKinds.RoomOpened | WebhookKinds.RoomClosed);
        var (joe, ann, zoe) = (Call("joe", 1), Call("ann", 2), Call("zoe", 3));
        await AddAsync("room/acme.example/a", joe);
        await AddAsync("room/acme.example/b", zoe);
        await AgainAsync();
        // The room's actor is a new one; a session comes with a second record, since nobody knew what became of the first.
        await AddAsync("room/acme.example/a", new RoomEvent.RoomResumed(At(4)), ann, Ended(joe, CallEnd.NodeGone));
        await AgainAsync();
        await AddAsync("room/acme.example/a", Ended(ann));
        await AddAsync("room/acme.example/a", Call("joe", 1), Ended(ann));
        Assert.Equal(["a 1 room.opened", "b 1 room.opened", "a 5 room.closed", "a 6 room.opened"], (await ToldAsync(_acme, "rooms")).Select(e => $"{e.Room} {e.Number} {e.Kind}"));
    }

    [Fact]
    public async Task A_webhook_hears_nothing_of_what_was_before_it_nor_of_what_was_while_it_was_off()
    {
        await AddAsync("room/acme.example/a", Call("joe", 1));
        await PutAsync(_acme, "w", WebhookKinds.MemberJoined);
        await AddAsync("room/acme.example/a", Call("ann", 2));
        await PutAsync(_acme, "w", WebhookKinds.MemberJoined, isEnabled: false);
        await AddAsync("room/acme.example/a", Call("bob", 3));
        await PutAsync(_acme, "w", WebhookKinds.MemberJoined);
        await AddAsync("room/acme.example/a", Call("zoe", 4));
        Assert.Equal(["ann", "zoe"], (await ToldAsync(_acme, "w")).Select(e => e.Member));
    }

    [Fact]
    public async Task Where_no_queue_was_yet_it_begins_where_the_lists_are_and_knows_who_is_in()
    {
        await System.DisposeAsync();
        await Database.ExecuteAsync("delete from conference_projection where name = 'webhooks'");
        var (joe, ann) = (Call("joe", 1), Call("ann", 2));
        await using (var lists = await ReadModelNode.StartAsync(Store))
            await lists.AddAsync("room/acme.example/a", joe, ann, Ended(ann));
        await PutAsync(_acme, "w", All);
        System = await StartAsync();
        await AddAsync("room/acme.example/a", Ended(joe));
        Assert.Equal(["member.left joe", "room.closed "], (await ToldAsync(_acme, "w")).Select(e => $"{e.Kind} {e.Member}"));
    }

    [Fact]
    public async Task A_second_projection_beside_it_queues_nothing_twice()
    {
        await PutAsync(_acme, "w", All);
        await using (var twin = await StartAsync())
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async room =>
            {
                for (int i = 0; i < 15; i++)
                {
                    var call = Call("joe", i);
                    await (room % 2 == 0 ? System : twin).StoreSoonAsync($"room/acme.example/r{room}", call, Ended(call));
                }
            }));
            await PassedAsync();
        }

        var told = await ToldAsync(_acme, "w");
        Assert.Equal(8 * 15 * 4, told.Count);
        foreach (var room in told.GroupBy(e => e.Room))
        {
            string[] each = ["room.opened", "member.joined", "member.left", "room.closed"];
            Assert.Equal(Enumerable.Repeat(each, 15).SelectMany(k => k), room.Select(e => e.Kind));
        }
    }

    [Fact]
    public async Task A_domain_that_goes_takes_its_webhooks_and_what_waits_for_them_along()
    {
        await PutAsync(_acme, "old", All);
        await PutAsync(Domain.Default, "other", All);
        await AddAsync("room/acme.example/a", Call("joe", 1));
        await AddAsync("room/default/a", Call("joe", 1));
        await AddAsync("domain/acme.example", new DomainEvent.RemovalBegan(CommandId.New()));
        Assert.Empty(await WebhookTable.ListAsync(Store, _acme, default));
        Assert.Equal(0L, Convert.ToInt64(await Database.QueryAsync("select count(*) from conference_delivery where domain = 'acme.example'"), null));

        // All in one step, with a room that is left when the webhooks have gone.
        await PutAsync(_acme, "late", All);
        await System.DisposeAsync();
        var bob = Call("bob", 4);
        await using (var storing = await TestSystem.StartAsync(Store))
        {
            await storing.StoreSoonAsync("room/acme.example/b", bob);
            await storing.StoreSoonAsync("domain/acme.example", new DomainEvent.RemovalBegan(CommandId.New()));
            await storing.StoreSoonAsync("room/acme.example/b", Ended(bob));
        }

        System = await StartAsync();
        await PassedAsync();
        Assert.Equal(0L, Convert.ToInt64(await Database.QueryAsync("select count(*) from conference_delivery where domain = 'acme.example'"), null));

        // Whoever has the name after it keeps what is his.
        await AddAsync("domain/acme.example", new DomainEvent.DomainRemoved());
        await PutAsync(_acme, "new", All);
        await AddAsync("room/acme.example/a", Call("ann", 2));
        Assert.Equal(["member.joined"], (await ToldAsync(_acme, "new")).Select(e => e.Kind));
        Assert.Equal(2, (await ToldAsync(Domain.Default, "other")).Count);
    }

    [Fact]
    public async Task What_is_over_waits_again_where_somebody_wants_it_and_goes_after_its_time()
    {
        await PutAsync(_acme, "w", WebhookKinds.MemberJoined);
        await AddAsync("room/acme.example/a", Call("joe", 1), Call("ann", 2));
        var waiting = await DeliveryTable.WaitingAsync(Store, default, 9, default);
        Assert.Equal((2, 2L), (waiting.Count, (await DeliveryTable.CountAsync(Store, default)).Waiting));
        Assert.False(await DeliveryTable.ReplayAsync(Store, _acme, "w", waiting[0].Id, 5, default));
        await DeliveryTable.WriteAsync(
            Store,
            [new Outcome(waiting[0], DeliveryState.Dead, new Attempt(500, "answered 500"), 7, 0), new Outcome(waiting[1], DeliveryState.Delivered, new Attempt(204, null), 8, 0)],
            default);
        var dead = Assert.Single(await DeliveryTable.ListAsync(Store, _acme, "w", DeliveryState.Dead, new DeliveryPlace(long.MaxValue, 0), 9, default));
        Assert.Equal((1, 500, "answered 500"), (dead.Attempts, dead.Status, dead.Reason));
        Assert.Equal((0, 1L), ((await DeliveryTable.WaitingAsync(Store, default, 9, default)).Count, (await DeliveryTable.CountAsync(Store, default)).Dead));

        Assert.False(await DeliveryTable.ReplayAsync(Store, Domain.Default, "w", dead.Id, 9, default));
        Assert.True(await DeliveryTable.ReplayAsync(Store, _acme, "w", dead.Id, 9, default));
        var replayed = Assert.Single(await DeliveryTable.ReplayedAsync(Store, 9, default));
        Assert.Equal((dead.Id, 0, new LaneName("acme.example", "w", dead.Id)), (replayed.Id, replayed.Attempts, replayed.Lane));
        Assert.Equal(0, await DeliveryTable.DeleteAsync(Store, 8, 8, 9, default));
        Assert.Equal(1, await DeliveryTable.DeleteAsync(Store, 9, 9, 9, default));
        Assert.True(await WebhookTable.RemoveAsync(Store, _acme, "w", default));
        Assert.False(await WebhookTable.RemoveAsync(Store, _acme, "w", default));
        Assert.Null(await DeliveryTable.FindAsync(Store, _acme, "w", dead.Id, default));
    }

    private static DateTimeOffset At(int minute) => new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    private static RoomEvent.CallStarted Call(string user, long session) => new(Guid.NewGuid(), Name.Parse(user, _acme), session, "a", At((int)session));

    private static RoomEvent.CallEnded Ended(RoomEvent.CallStarted call, CallEnd end = CallEnd.Left) => new(call.Call, At(10), end, CallTotals.None);

    private Task<TestSystem> StartAsync()
    {
        var meter = new ProjectionMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())).Of("test");
        return TestSystem.StartAsync(Store, more: builder => builder.WithActors((system, _) => system.ActorOf(ProjectionActor.Props(
            serialization => new WebhookProjection(Store, serialization, meter, () => { }, NullLogger.Instance, TimeProvider.System), null, AlwaysActing.Instance, meter,
            NullLogger.Instance))));
    }

    private async Task AgainAsync()
    {
        await System.DisposeAsync();
        System = await StartAsync();
    }

    private Task PutAsync(Domain domain, string id, WebhookKinds kinds, bool isEnabled = true) => WebhookTable.PutAsync(
        Store, _ => new Webhook(domain, id, "http://receiver.example/", "secret", kinds, isEnabled, At(0)), domain, id, 20, default);

    private async Task AddAsync(string id, params object[] events)
    {
        await System.StoreSoonAsync(id, events);
        await PassedAsync();
    }

    private Task PassedAsync() => TestSystem.EventuallyAsync(
        async () => Convert.ToBoolean(
            await Database.QueryAsync(
                """
                select (select coalesce(max(ordering), 0) from conference_journal)
                    <= coalesce((select ordering from conference_projection where name = 'webhooks'), -1)
                """),
            null),
        "the projection does not get there");

    private async Task<IReadOnlyList<WebhookEvent>> ToldAsync(Domain domain, string webhook) =>
    [
        .. (await DeliveryTable.ListAsync(Store, domain, webhook, null, new DeliveryPlace(long.MaxValue, 0), 1000, default)).Reverse().Select(d => WebhookEvent.OfJson(d.Body)),
    ];
}

public sealed class SqliteWebhookTests : WebhookSpecification
{
    private protected override Task<TestStore> CreateAsync() => Task.FromResult(TestStore.Sqlite());
}

public sealed class PostgresWebhookTests(PostgresServer server) : WebhookSpecification
{
    private protected override Task<TestStore> CreateAsync() => TestStore.PostgresAsync(server);
}
