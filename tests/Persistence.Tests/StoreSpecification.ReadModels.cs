using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;
using static Conference.Persistence.Tests.Support.Writes;

namespace Conference.Persistence.Tests;

/// <summary>What every store promises of what it lists.</summary>
public abstract partial class StoreSpecification
{
    [Fact]
    public async Task The_directory_is_listed_by_name_page_by_page()
    {
        string[] names = ["zoe", "ann", "bob", "\u00e9mile", "\u6f22", "a.b"];
        for (int i = 0; i < names.Length; i++)
            await Store.AppendAsync(Write(names[i], 1, "x") with { Changes = [Present(names[i], $"{{\"n\":{i}}}")] });
        await Store.AppendAsync(Write("r", 1, "x") with
        {
            Changes = [new ReadModelChange.Present(new DirectoryEntry(DirectoryKind.Room, Name.Parse("ann")))],
        });
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await Store.ListAsync(DirectoryKind.User, after, 4);
            seen.AddRange(page.Entries.Select(e => e.Name.ToString()));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(["a.b", "ann", "bob", "zoe", "\u00e9mile", "\u6f22"], seen);
        Assert.Equal("{\"n\":1}", (await Store.FindAsync(DirectoryKind.User, Name.Parse("ann")))?.Details);
        Assert.Equal("{}", (await Store.FindAsync(DirectoryKind.Room, Name.Parse("ann")))?.Details);
        Assert.Null(await Store.FindAsync(DirectoryKind.Room, Name.Parse("bob")));
    }

    [Fact]
    public async Task Changes_of_one_write_are_made_in_their_order()
    {
        await Store.AppendAsync(Write("a", 1, "x") with { Changes = [Present("joe", "1"), Absent("joe"), Present("joe", "2")] });
        Assert.Equal("2", (await Store.FindAsync(DirectoryKind.User, Name.Parse("joe")))?.Details);
        await Store.AppendAsync(Write("a", 2, "x") with { Changes = [Present("joe", "3"), Absent("joe")] });
        Assert.Null(await Store.FindAsync(DirectoryKind.User, Name.Parse("joe")));
    }

    [Fact]
    public async Task A_call_record_is_updated_by_its_id_and_comes_back_as_it_was()
    {
        var call = Call("standup", "joe", 1);
        await Store.AppendAsync(Write("r", 1, "x") with { Changes = [new ReadModelChange.Call(call)] });
        AssertSame(call, Assert.Single((await Store.QueryAsync(new CallQuery { OnlyOpen = true })).Records));
        var ended = call with { Ended = Minute(2), End = CallEnd.NodeGone, BytesIn = 1L << 40, Services = [] };
        await Store.AppendAsync(Write("r", 2, "x") with { Changes = [new ReadModelChange.Call(ended)] });
        Assert.Empty((await Store.QueryAsync(new CallQuery { OnlyOpen = true })).Records);
        AssertSame(ended, Assert.Single((await Store.QueryAsync(new CallQuery())).Records));
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
            var page = await Store.QueryAsync(new CallQuery { After = after, Limit = 4 });
            seen.AddRange(page.Records.Select(r => r.Id));
            after = page.Next;
            await AddCallsAsync(Call("a", "late", 60));
        }
        while (after is not null);
        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
        await Assert.ThrowsAsync<FormatException>(() => Store.QueryAsync(new CallQuery { After = "'; drop table call" }));
    }

    [Fact]
    public async Task Retention_forgets_what_ended_before_and_nothing_that_goes_on()
    {
        await AddCallsAsync(Call("a", "joe", 1, 2), Call("a", "joe", 1, 3), Call("a", "joe", 1));
        Assert.Equal(1, await Store.DeleteEndedBeforeAsync(Minute(3)));
        Assert.Equal(2, (await Store.QueryAsync(new CallQuery())).Records.Count);
        Assert.Equal(0, await Store.DeleteEndedBeforeAsync(Minute(3)));
    }

    private int _written;

    private async Task AddCallsAsync(params CallRecord[] calls)
    {
        foreach (var call in calls)
            await Store.AppendAsync(Write("calls", ++_written, "x") with { Changes = [new ReadModelChange.Call(call)] });
    }

    private async Task AssertMinutesAsync(CallQuery query, params int[] minutes) =>
        Assert.Equal(minutes, (await Store.QueryAsync(query)).Records.Select(r => (int)(r.Started - Minute(0)).TotalMinutes));

    private static void AssertSame(CallRecord expected, CallRecord actual)
    {
        Assert.Equal(expected.Services, actual.Services);
        Assert.Equal(expected with { Services = [] }, actual with { Services = [] });
    }
}
