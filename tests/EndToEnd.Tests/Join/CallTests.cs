using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>The call as one sees it: who is shown where, what is said, what the buttons do.</summary>
[Collection(nameof(Browser))]
public sealed class CallTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task Whoever_sits_on_a_line_is_seen_in_their_own_tile_and_the_next_one_in_theirs()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio,video");
        await page.JoinAsync("standup?name=joe");

        await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);
        await server.SeatAsync(1, "bob", "rgb(40, 40, 200)");
        await page.ShowsAsync("bob", 40, 40, 200);
        await page.ShowAsync("call");

        server.Say("111 left alice@localhost");
        await Expect(page.Tile("alice")).ToHaveCountAsync(0);
        server.Say("110 joined carol@localhost");
        await server.SeatAsync(0, "carol", "rgb(40, 200, 40)");
        await page.ShowsAsync("carol", 40, 200, 40);
        await page.ShowsAsync("bob", 40, 40, 200);
    }

    [Fact]
    public async Task A_line_that_is_free_again_shows_nobody()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video");
        await page.JoinAsync("standup?name=joe");
        string mid = await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);

        server.Say($"118 slot {mid} free");

        await Expect(page.Tile("alice").Locator("video")).ToBeHiddenAsync();
        await Expect(page.Tile("alice").Locator(".avatar")).ToHaveTextAsync("A");
    }

    [Fact]
    public async Task Who_leaves_and_is_back_at_once_is_seen_on_the_line_that_was_theirs()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video");
        await page.JoinAsync("standup?name=joe");
        await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);

        server.Say("111 left alice@localhost");
        await Expect(page.Tile("alice")).ToHaveCountAsync(0);
        server.Say("110 joined alice@localhost");

        await page.ShowsAsync("alice", 200, 40, 40);
    }

    [Fact]
    public async Task When_lines_are_short_as_many_again_are_offered()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        await Eventually.EqualAsync(1, () => server.Offers.Count);

        server.Say("119 slots short");

        await Eventually.EqualAsync(2, () => server.Offers.Count);
        Assert.Equal(32, Regex.Count(server.Offers.Last(), "^a=recvonly", RegexOptions.Multiline));
        await server.SeatAsync(12, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);
    }

    [Fact]
    public async Task Chat_goes_both_ways_and_markup_in_it_is_text()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio");
        await page.JoinAsync("standup?name=joe");

        server.Say("203 chat alice@localhost <img src=x onerror=window.owned=1> see https://example.org/notes.");
        await Expect(page.Button("Chat, 1 unread")).ToBeVisibleAsync();
        await Expect(page.Page).ToHaveTitleAsync("(1) standup · Conference");
        await page.Page.Keyboard.PressAsync("c");
        await Expect(page.Chat).ToContainTextAsync("<img src=x onerror=window.owned=1> see");
        await Expect(page.Chat.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "https://example.org/notes");
        await Expect(page.Page).ToHaveTitleAsync("standup · Conference");

        await page.Page.Keyboard.TypeAsync("Good morning,   everyone!");
        await page.Page.Keyboard.PressAsync("Enter");

        await Expect(page.Chat).ToContainTextAsync("joe (you)");
        await Eventually.EqualAsync(true, () => server.Heard.Contains("SEND chat Good morning,   everyone!"));
        Assert.True(await page.Page.EvaluateAsync<bool>("window.owned === undefined"));
        await page.ShowAsync("chat");
    }

    [Fact]
    public async Task What_is_too_long_for_a_line_is_not_sent_and_stays_where_it_was_written()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio");
        await page.JoinAsync("standup?name=joe");
        await page.Page.Keyboard.PressAsync("c");
        var input = page.Page.GetByLabel("Message to everyone in the room");
        await input.FillAsync(new string('é', 600));

        await input.PressAsync("Enter");

        await Expect(page.Page.GetByText("Too long for one message.")).ToBeVisibleAsync();
        await Expect(input).ToHaveValueAsync(new string('é', 600));
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("SEND chat", StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_are_listed_with_how_they_are()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio");
        await page.JoinAsync("standup?name=joe");
        server.Say("203 status alice@localhost microphone off");
        server.Say("203 status alice@localhost camera off");
        server.Say("115 muted bob@localhost");

        await page.Page.Keyboard.PressAsync("p");

        var people = page.Page.GetByRole(AriaRole.List, new() { Name = "People" }).GetByRole(AriaRole.Listitem);
        await Expect(people).ToHaveTextAsync([new Regex("joe \\(you\\)"), new Regex("alicemicrophone off, camera off"), new Regex("bobmuted by a moderator")]);
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "People (3)" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Microphone_and_camera_go_off_and_on_by_keys_and_others_are_told()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        await Eventually.EqualAsync(true, async () => await server.PicturesSentAsync() > 0);

        await page.Page.Keyboard.PressAsync("m");
        await Expect(page.Button("Unmute your microphone")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("v");
        await Expect(page.Button("Start camera")).ToBeVisibleAsync();
        await Expect(page.Tile("joe (you)").Locator("video")).ToBeHiddenAsync();
        await page.Page.Keyboard.PressAsync("m");
        await Expect(page.Button("Mute your microphone")).ToBeVisibleAsync();

        await Eventually.EqualAsync(
            "SEND status microphone off, SEND status camera off, SEND status microphone on",
            () => string.Join(", ", server.Heard.Where(l => l.StartsWith("SEND", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Who_joins_later_is_told_what_is_off()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        await page.Page.Keyboard.PressAsync("m");

        server.Say("110 joined alice@localhost");

        await Eventually.EqualAsync(2, () => server.Heard.Count(l => l == "SEND status microphone off"));
    }

    [Fact]
    public async Task Whom_an_operator_mutes_reads_it_and_cannot_unmute()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        server.Say("115 muted joe@localhost");
        await Expect(page.Page.Locator("#toast")).ToHaveTextAsync("A moderator muted you: nobody hears or sees you.");
        await Expect(page.Button("Muted by a moderator")).ToBeDisabledAsync();

        server.Say("116 unmuted joe@localhost");
        await Expect(page.Button("Mute your microphone")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task A_screen_is_large_at_once_and_goes_when_it_is_over()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio");
        await page.JoinAsync("standup?name=joe");

        string mid = await server.ShareAsync(2, "alice", "rgb(30, 60, 140)");
        await Expect(page.Tile("alice’s screen")).ToHaveClassAsync(new Regex("large"));
        await page.ShowsAsync("alice’s screen", 30, 60, 140);
        await page.ShowAsync("screen");

        server.Say($"118 slot {mid} free");
        await Expect(page.Tile("alice’s screen")).ToHaveCountAsync(0);
        await Expect(page.Page.Locator(".stage")).Not.ToHaveClassAsync(new Regex("spotlight"));
    }

    [Fact]
    public async Task The_spotlight_follows_who_speaks_unless_somebody_is_kept_large()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio,video", "carol audio");
        await page.JoinAsync("standup?name=joe");
        await page.Page.Keyboard.PressAsync("g");

        server.Say("113 speaker bob@localhost");
        await Expect(page.Large).ToContainTextAsync("bob");
        server.Say("113 speaker carol@localhost");
        await Expect(page.Large).ToContainTextAsync("carol");

        await page.Button("Keep alice large").ClickAsync();
        server.Say("113 speaker bob@localhost");
        server.Say("203 chat bob@localhost now");
        await Expect(page.Button("Chat, 1 unread")).ToBeVisibleAsync();
        await Expect(page.Large).ToContainTextAsync("alice");

        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Large).ToContainTextAsync("bob");
        await page.Button("Grid").ClickAsync();
        await Expect(page.Large).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task In_a_full_room_who_speaks_comes_into_the_grid_and_nobody_else_moves()
    {
        string[] names = [.. Enumerable.Range(1, 40).Select(i => $"member-{i}")];
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, [.. names.Select(n => $"{n} audio,video")]);
        await page.JoinAsync("standup?name=joe");
        await Expect(page.Tiles).ToHaveCountAsync(24);
        await Expect(page.Page.GetByText("17 more")).ToBeVisibleAsync();
        string[] before = [.. await page.Tiles.Locator(".name").AllTextContentsAsync()];
        await Expect(page.Tile("member-40")).ToHaveCountAsync(0);

        server.Say("113 speaker member-40@localhost");
        await Expect(page.Tile("member-40")).ToBeVisibleAsync();

        string[] after = [.. await page.Tiles.Locator(".name").AllTextContentsAsync()];
        Assert.Equal(1, before.Zip(after).Count(pair => pair.First != pair.Second));
        await page.ShowAsync("full");
    }

    [Fact]
    public async Task The_link_for_others_has_no_name_in_it_and_the_key()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write", "camera", "microphone"]);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe#key=wKRcZW1a9sLWAJSwRui6rw");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Copy link" }).First.ClickAsync();

        await Expect(page.Page.Locator("#toast")).ToHaveTextAsync("Link copied.");
        Assert.Equal(page.Address("standup#key=wKRcZW1a9sLWAJSwRui6rw"), await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Who_sends_without_the_key_is_not_shown_and_is_told_by_a_line()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe#key=wKRcZW1a9sLWAJSwRui6rw");
        server.Say("110 joined eve@localhost");

        await server.SeatAsync(0, "eve", "rgb(200, 40, 40)");

        await Expect(page.Tile("eve")).ToContainTextAsync("Not encrypted with your link’s key: cannot be shown");
        await Expect(page.Tile("eve").Locator("video")).ToBeHiddenAsync();
        await Eventually.EqualAsync(1, () => server.Heard.Count(l => l.StartsWith("SEND chat This call is end-to-end encrypted.", StringComparison.Ordinal)));
        await page.ShowAsync("locked");
    }
}
