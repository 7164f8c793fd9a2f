namespace Conference.Integration.Tests.Rooms;

public sealed class RoomTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task Three_members_hear_each_other_and_not_themselves()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        await using var carol = await TestClient.ConnectAsync(Node);
        var a = await alice.ConnAsync("video", "three@127.0.0.1");
        var b = await bob.ConnAsync("video", "three@127.0.0.1");
        var c = await carol.ConnAsync("video", "three@127.0.0.1");
        await a.LatchAsync(b, c);
        await b.LatchAsync(a);

        b.Say("from bob");

        Assert.Equal("from bob", await a.HearAsync());
        Assert.Equal("from bob", await c.HearAsync());
        a.Say("from alice");
        Assert.Equal("from alice", await b.HearAsync());
    }

    [Fact]
    public async Task Services_of_one_room_are_kept_apart()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        var aliceVideo = await alice.ConnAsync("video", "services@127.0.0.1");
        var bobVideo = await bob.ConnAsync("video", "services@127.0.0.1");
        var bobAudio = await bob.ConnAsync("audio", "services@127.0.0.1");
        var aliceAudio = await alice.ConnAsync("audio", "services@127.0.0.1");
        await aliceVideo.LatchAsync(bobVideo);
        await aliceAudio.LatchAsync(bobAudio);

        aliceVideo.Say("a picture");
        aliceAudio.Say("a sound");

        Assert.Equal("a picture", await bobVideo.HearAsync());
        Assert.Equal("a sound", await bobAudio.HearAsync());
    }

    [Fact]
    public async Task A_member_over_ipv6_and_one_over_ipv4_share_a_room()
    {
        await using var alice = await TestClient.ConnectAsync(Node, "::1");
        await using var bob = await TestClient.ConnectAsync(Node);
        var a = await alice.ConnAsync("video", "families@[::1]");
        var b = await bob.ConnAsync("video", "families@127.0.0.1");

        await a.LatchAsync(b);
        await b.LatchAsync(a);
    }

    [Fact]
    public async Task Chat_reaches_everyone_else_in_the_room_and_nobody_beyond()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        await using var elsewhere = await TestClient.ConnectAsync(Node);
        await alice.ConnAsync("audio", "talk@127.0.0.1");
        await bob.ConnAsync("audio", "talk@127.0.0.1");
        await elsewhere.ConnAsync("audio", "other@127.0.0.1");

        await alice.SendAsync("SEND chat  Hello  Bob! \r\n");

        Assert.Equal("203 chat  Hello  Bob! ", await bob.ReadAsync());
        await elsewhere.ExpectAsync("NOOP", "200 ok");
        await alice.ExpectAsync("NOOP", "200 ok");
    }

    [Fact]
    public async Task Muting_stops_what_a_member_sends_and_unmuting_lets_it_through_again()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        var a = await alice.ConnAsync("audio", "mute@127.0.0.1");
        var b = await bob.ConnAsync("audio", "mute@127.0.0.1");
        await a.LatchAsync(b);

        await alice.ExpectAsync("SETP audio mute on", "310 audio on");
        a.Say("unheard");
        await Eventually.EqualAsync(true, async () => await Node.MetricAsync("conference_datagrams_dropped_total", "muted") >= 1);
        await alice.ExpectAsync("SETP audio mute off", "310 audio off");
        a.Say("heard");

        Assert.Equal("heard", await b.HearAsync());
    }

    [Fact]
    public async Task Selecting_a_user_hears_only_that_user()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        await using var carol = await TestClient.ConnectAsync(Node);
        await alice.ExpectAsync("AUTH ANONYMOUS select-alice", "204 select-alice");
        var a = await alice.ConnAsync("video", "select@127.0.0.1");
        var b = await bob.ConnAsync("video", "select@127.0.0.1");
        var c = await carol.ConnAsync("video", "select@127.0.0.1");
        await a.LatchAsync(b, c);
        await b.LatchAsync(a, c);

        await carol.ExpectAsync("SETP video select select-alice", "310 video select-alice");
        b.Say("not selected");
        Assert.Equal("not selected", await a.HearAsync());
        a.Say("selected");
        Assert.Equal("selected", await c.HearAsync());

        await carol.ExpectAsync("SETP video select all", "310 video all");
        b.Say("selected too");
        Assert.Equal("selected too", await c.HearAsync());
    }

    [Fact]
    public async Task A_client_gone_without_quit_leaves_the_room_and_gives_its_ports_back()
    {
        await using var alice = await TestClient.ConnectAsync(Node);
        await alice.ExpectAsync("SETP session events on", "310 session on");
        await alice.ConnAsync("video", "gone@127.0.0.1");
        double before = await Node.MetricAsync("conference_ports_in_use");
        var bob = await TestClient.ConnectAsync(Node);
        await bob.ExpectAsync("AUTH ANONYMOUS gone-bob", "204 gone-bob");
        await bob.ConnAsync("video", "gone@127.0.0.1");
        await bob.ConnAsync("audio", "gone@127.0.0.1");
        Assert.Equal("110 joined gone-bob@127.0.0.1", await alice.ReadAsync());

        bob.Tcp.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        await bob.DisposeAsync();

        Assert.Equal("111 left gone-bob@127.0.0.1", await alice.ReadAsync());
        await Eventually.EqualAsync(before, () => Node.MetricAsync("conference_ports_in_use"));
        await alice.SendAsync("LIST gone@127.0.0.1\r\n");
        Assert.EndsWith(" video", await alice.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("211 end", await alice.ReadAsync());
        await alice.ExpectAsync("STAT gone-bob@127.0.0.1", "402 status not available");
    }

    [Theory]
    [InlineData("\uFF2A\uFF2F\uFF25", "joe")]
    [InlineData("\uFB01ona", "fiona")]
    [InlineData("A\u030ASA", "\u00E5sa")]
    [InlineData("\u0130brahim", "i\u0307brahim")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("Stra\u00DFe", "strasse")]
    [InlineData("\u03A3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C2", "\u03C3\u03AF\u03C3\u03C5\u03C6\u03BF\u03C3")]
    [InlineData("\u0646\u0627\u0645\u0647\u200C\u0627\u06CC", "\u0646\u0627\u0645\u0647\u200C\u0627\u06CC")]
    public async Task A_name_in_any_of_its_forms_is_one_name(string said, string name)
    {
        await using var client = await TestClient.ConnectAsync(fixture.Node);
        await using var other = await TestClient.ConnectAsync(fixture.Node);
        await client.ExpectAsync($"AUTH ANONYMOUS {said}", $"204 {name}");
        await other.ExpectAsync($"HELO {name}@127.0.0.1", $"201 {name} is here");
        await other.ExpectAsync($"AUTH ANONYMOUS {name}", "504 name in use");
    }
}
