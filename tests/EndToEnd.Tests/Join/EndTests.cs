using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>How a call ends, in words; and that it does not end when its node does.</summary>
[Collection(nameof(Browser))]
public sealed class EndTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task Who_leaves_can_join_again()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        await page.Button("Leave").ClickAsync();

        await Expect(page.Heading).ToHaveTextAsync("You left the call.");
        Assert.Contains("QUIT", server.Heard);
        await page.Button("Join again").ClickAsync();
        await Expect(page.Page.Locator(".preview video")).ToBeVisibleAsync();
        await page.Button("Join").ClickAsync();
        await Expect(page.Button("Leave")).ToBeVisibleAsync();
        await Expect(page.Tile("joe (you)").Locator("video")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("117 put-out joe@localhost\n111 left joe@localhost", "A moderator put you out of the call.", false)]
    [InlineData("111 left joe@localhost", "The call was closed by an operator.", true)]
    [InlineData("421 token expired", "Your invitation has expired.", false)]
    [InlineData("421 name taken", "Somebody who owns the name joe has signed in with it.", true)]
    [InlineData("421 password changed, sign in again", "The password of this name was changed.", false)]
    [InlineData("421 account removed", "The account of this name was removed.", false)]
    [InlineData("421 idle", "The server ended the connection, as nothing was heard from this browser.", true)]
    [InlineData("421 a reason of a later release", "The server ended the connection: a reason of a later release", true)]
    public async Task Every_end_is_told_in_words(string said, string words, bool mayComeBack)
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        foreach (string line in said.Split('\n'))
            server.Say(line);

        await Expect(page.Heading).ToHaveTextAsync(words);
        await Expect(page.Heading).ToBeFocusedAsync();
        await Expect(page.Button("Join again")).ToHaveCountAsync(mayComeBack ? 1 : 0);
        await page.ShowAsync($"end-{Regex.Replace(said, "[^a-z]+", "-")}");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("421 shutting down")]
    [InlineData("421 server is moving")]
    public async Task A_connection_that_is_lost_comes_back_by_itself_as_one_was(string? said)
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video");
        await page.JoinAsync("standup?name=joe");
        server.Say("203 chat alice@localhost Before.");
        await page.Page.Keyboard.PressAsync("m");
        await Expect(page.Button("Unmute your microphone")).ToBeVisibleAsync();

        await server.HangUpAsync(said);

        await Eventually.EqualAsync(2, () => server.Joins);
        await Expect(page.Page.Locator("#toast")).ToHaveTextAsync("You are back in the call.");
        // Its first pair is the new connection's.
        await Eventually.EqualAsync(2, () => server.Offers.Count);
        await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);
        await Expect(page.Button("Unmute your microphone")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("c");
        await Expect(page.Chat).ToContainTextAsync("Before.");
    }

    [Fact]
    public async Task While_no_node_answers_it_says_so_and_goes_on_trying()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        server.Answer("", "421 server full");

        await server.HangUpAsync();

        await Expect(page.Page.GetByText("The connection was lost. Trying again…")).ToBeVisibleAsync();
        await page.ShowAsync("lost");
        server.AnswerAll();
        await Expect(page.Page.Locator("#toast")).ToHaveTextAsync("You are back in the call.");
        await Expect(page.Page.GetByText("The connection was lost. Trying again…")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_name_that_the_dead_node_still_holds_is_asked_for_again()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        server.Answer("AUTH", "504 name in use");

        await server.HangUpAsync();

        await Eventually.EqualAsync(true, () => server.Heard.Count(l => l.StartsWith("AUTH", StringComparison.Ordinal)) > 2);
        server.AnswerAll();
        await Eventually.EqualAsync(2, () => server.Joins);
        await Expect(page.Tile("joe (you)")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_node_that_is_about_to_stop_is_left_for_another_before_it_does()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        server.Say("114 moving 127.0.0.2");

        await Eventually.EqualAsync(2, () => server.Joins);
        await Expect(page.Page.Locator("#toast")).ToHaveTextAsync("You are back in the call.");
        await Expect(page.Tile("joe (you)")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Where_no_media_can_flow_the_chat_still_does_and_it_is_told_why()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio");
        server.Answer("GETP session token", "510 session token unknown parameter");

        await page.JoinAsync("standup?name=joe");

        await Expect(page.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("this server takes no browsers");
        server.Say("203 chat alice@localhost Hello");
        await page.Page.Keyboard.PressAsync("c");
        await Expect(page.Chat).ToContainTextAsync("Hello");
    }
}
