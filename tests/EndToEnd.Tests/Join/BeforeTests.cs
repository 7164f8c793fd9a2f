using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>What people see before the call: themselves, and one button.</summary>
[Collection(nameof(Browser))]
public sealed partial class BeforeTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task One_click_on_Join_is_all_that_is_asked()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video");
        await page.OpenAsync("standup?name=joe");
        await page.ShowAsync("before");

        await page.Button("Join").ClickAsync();

        await Expect(page.Tile("joe (you)").Locator("video")).ToBeVisibleAsync();
        await Expect(page.Tile("alice")).ToBeVisibleAsync();
        Assert.Contains("AUTH ANONYMOUS joe", server.Heard);
        Assert.Contains("CONN video standup@localhost", server.Heard);
        await Eventually.EqualAsync(true, async () => await server.PicturesSentAsync() > 0);
    }

    [Fact]
    public async Task The_first_offer_has_three_layers_and_eight_pairs_of_lines()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);

        await page.JoinAsync("standup?name=joe");

        await Eventually.EqualAsync(1, () => server.Offers.Count);
        string offer = server.Offers.First();
        Assert.Contains("a=simulcast:send q;h;f", offer, StringComparison.Ordinal);
        Assert.Equal(16, Regex.Count(offer, "^a=recvonly", RegexOptions.Multiline));
        Assert.Equal(2, Regex.Count(offer, "^a=sendonly", RegexOptions.Multiline));
    }

    [Fact]
    public async Task Who_comes_with_camera_and_microphone_off_sends_nothing_and_says_so()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.OpenAsync("standup?name=joe");
        await page.Button("Stop camera").ClickAsync();
        await page.Button("Mute your microphone").ClickAsync();
        await Expect(page.Page.GetByText("Your camera is off")).ToBeVisibleAsync();

        await page.Button("Join").ClickAsync();

        await Expect(page.Button("Start camera")).ToBeVisibleAsync();
        await Expect(page.Tile("joe (you)").Locator("video")).ToBeHiddenAsync();
        await Eventually.EqualAsync(2, () => server.Heard.Count(line => line is "SEND status microphone off" or "SEND status camera off"));
        await page.Button("Start camera").ClickAsync();
        await Eventually.EqualAsync(1, server.PicturesSentAsync);
    }

    [Fact]
    public async Task A_name_that_is_in_use_is_told_and_can_be_changed_at_once()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        server.Answer("AUTH ANONYMOUS joe", "504 name in use");
        await page.OpenAsync("standup?name=joe");

        await page.Button("Join").ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync("Somebody here already uses this name. Choose another.");
        await Expect(page.Page.GetByLabel("Your name")).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("Joe Smith");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Tile("joe-smith (you)")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("AUTH", "504 illegal name", "A name may have letters, digits, and . _ - + between them.")]
    [InlineData("AUTH", "504 authentication required", "This server wants to know who you are. Ask for a link with an invitation.")]
    [InlineData("CONN", "503 room is full", "The room is full.")]
    [InlineData("CONN", "503 room is locked", "The room is locked.")]
    [InlineData("CONN", "503 put out", "A moderator put you out of this room.")]
    [InlineData("CONN", "503 illegal name", "No room can be called standup.")]
    [InlineData("CONN", "503 a reason of a later release", "The server says: a reason of a later release")]
    [InlineData("", "421 server full", "The server is busy. Try again in a moment.")]
    public async Task Why_joining_does_not_work_is_told_in_words(string command, string reply, string words)
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        server.Answer(command, reply);
        await page.OpenAsync("standup?name=joe");

        await page.Button("Join").ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Alert).First).ToHaveTextAsync(words);
        await Expect(page.Button("Join")).ToBeEnabledAsync();
    }

    [Theory]
    [InlineData("NotAllowedError", "Your browser does not let this page use your camera or microphone.")]
    [InlineData("NotFoundError", "No camera or microphone was found.")]
    [InlineData("NotReadableError", "Another program is using your camera or microphone.")]
    public async Task Without_devices_one_is_told_why_and_joins_all_the_same(string error, string words)
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.Page.AddInitScriptAsync($"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{error}'))");
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.Page.GotoAsync(page.Address("standup?name=joe"));

        await Expect(page.Page.Locator(".problem")).ToContainTextAsync(words);
        await page.ShowAsync($"without-devices-{error}");
        await page.Button("Join").ClickAsync();

        await Expect(page.Button("No camera")).ToBeDisabledAsync();
        await Expect(page.Tile("joe (you)")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_level_of_the_microphone_is_seen_before_anything_is_touched()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.OpenAsync("standup?name=joe");

        // Chromium's microphone beeps once a second.
        await page.Page.WaitForFunctionAsync("() => document.querySelector('meter').value > 0.2");
        await page.Button("Mute your microphone").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => document.querySelector('meter').value === 0");
    }

    [Fact]
    public async Task Another_camera_is_chosen_by_its_name_and_remembered()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.OpenAsync("standup?name=joe");
        var cameras = await page.Page.GetByLabel("Camera", new() { Exact = true }).Locator("option").AllTextContentsAsync();
        Assert.All(cameras, Assert.NotEmpty);

        await page.Page.GetByLabel("Microphone", new() { Exact = true }).SelectOptionAsync(new SelectOptionValue { Index = 1 });
        string chosen = await page.Page.GetByLabel("Microphone", new() { Exact = true }).InputValueAsync();
        await page.Page.ReloadAsync();

        await Expect(page.Page.GetByLabel("Microphone", new() { Exact = true })).ToHaveValueAsync(chosen);
    }

    [Fact]
    public async Task Without_a_room_in_the_address_one_is_asked_for_it()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.OpenAsync("");
        await page.ShowAsync("no-room");
        await page.Page.GetByLabel("Room").FillAsync("planning");

        await page.Button("Join").ClickAsync();

        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "planning" })).ToBeVisibleAsync();
        Assert.Contains("CONN audio planning@localhost", server.Heard);
    }

    [Theory]
    [InlineData("standup?name=joe", "AUTH ANONYMOUS joe", "CONN video standup@acme.example")]
    [InlineData("standup@globex.example?name=joe", "AUTH ANONYMOUS joe@globex.example", "CONN video standup@globex.example")]
    public async Task The_room_is_of_the_domain_that_the_link_or_else_the_node_says(string link, string auth, string conn)
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        server.Domain = "acme.example";

        await page.JoinAsync(link);

        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "standup" })).ToBeVisibleAsync();
        Assert.Contains(auth, server.Heard);
        Assert.Contains(conn, server.Heard);
    }

    [Fact]
    public async Task An_invitation_signs_in_and_is_out_of_the_address_at_once()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.OpenAsync("standup?token=aaa.bbb.ccc&name=joe#key=x");

        await Expect(page.Page).ToHaveURLAsync(page.Address("standup?name=joe#key=x"));
        await page.OpenAsync("standup");
        await page.Button("Join").ClickAsync();

        await Eventually.EqualAsync(true, () => server.Heard.Contains("AUTH BEARER aaa.bbb.ccc"));
        Assert.DoesNotContain(server.Heard, line => line.StartsWith("AUTH ANONYMOUS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_with_letters_missing_is_told_and_nobody_joins_by_it()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.OpenAsync("standup?name=joe#key=wKRcZW1a9sLWAJSwRui6");

        await Expect(page.Page.GetByText("The key in this link is damaged")).ToBeVisibleAsync();
        await Expect(page.Button("Join")).ToBeDisabledAsync();

        await page.Button("Turn off").ClickAsync();
        await Expect(page.Button("Join")).ToBeEnabledAsync();
    }

    [Fact]
    public async Task Turning_encryption_on_puts_a_key_behind_the_address()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await page.OpenAsync("standup?name=joe");

        await page.Button("Turn on").ClickAsync();

        await Expect(page.Page).ToHaveURLAsync(KeyInAddress());
        await Expect(page.Page.GetByText("Only who has the whole link")).ToBeVisibleAsync();
        await page.ShowAsync("encryption");
    }

    [GeneratedRegex(@"/join/standup\?name=joe#key=[\w-]{22}$")]
    private static partial Regex KeyInAddress();
}
