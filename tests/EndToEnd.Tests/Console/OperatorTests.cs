using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>What an operator does to accounts and to rooms as a whole, and what he reads afterwards.</summary>
[Collection(nameof(Browser))]
public sealed class OperatorTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task A_room_is_kept_locked_limited_spoken_to_and_listed_when_it_is_empty()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/council");
        await Expect(console.Main.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Nobody is in this room, and nobody keeps it.");
        await console.Button("Keep room…").ClickAsync();
        await console.ConfirmAsync("Keep");
        await Expect(console.Main.GetByText("Kept by an operator.")).ToBeVisibleAsync();
        await console.GoAsync("#/rooms");
        await Expect(console.Row("council")).ToContainTextAsync("empty");

        await using var dora = await TestClient.ConnectAsync(live.Node);
        await dora.ExpectAsync("AUTH ANONYMOUS dora", "204 dora");
        await dora.ExpectAsync("SETP chat sender on", "310 chat on");
        await dora.ConnAsync("video", "council@127.0.0.1");
        await console.GoAsync("#/rooms/council");
        await console.Button("Limit…").ClickAsync();
        await console.Page.GetByLabel("Members at most").FillAsync("7");
        await console.ConfirmAsync("Set limit");
        await Expect(console.Main.GetByText("of 7 it holds")).ToBeVisibleAsync();
        await console.Button("Lock…").ClickAsync();
        await console.ConfirmAsync("Lock");
        await Expect(console.Main.GetByText("Kept by an operator; locked: it lets nobody in.")).ToBeVisibleAsync();
        await Expect(console.Main.GetByText("of 7 it holds")).ToBeVisibleAsync();

        await console.Button("Announce…").ClickAsync();
        await console.Page.GetByLabel("Announcement").FillAsync("Five minutes left.");
        await console.ShowAsync("announce");
        await console.ConfirmAsync("Announce");
        Assert.Equal("203 chat operator@127.0.0.1 Five minutes left.", await dora.ReadAsync());
        await console.Button("Unlock…").ClickAsync();
        await console.ConfirmAsync("Unlock");
        await Expect(console.Button("Lock…")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Accounts_are_made_listed_and_removed()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/users");
        await console.Button("Make account…").ClickAsync();
        await console.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Erik");
        await console.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("open sesame");
        await console.ShowAsync("make-account");
        await console.ConfirmAsync("Make account");
        await Expect(console.Page.Locator("#toast")).ToHaveTextAsync("erik has an account.");
        await Expect(console.Row("erik")).ToContainTextAsync("not signed in");
        await console.ShowAsync("accounts");

        await console.Main.GetByRole(AriaRole.Link, new() { Name = "erik" }).ClickAsync();
        await console.Button("Set password…").ClickAsync();
        await console.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("other words");
        await console.ConfirmAsync("Set password");
        await console.Button("Remove account…").ClickAsync();
        await console.ConfirmAsync("Remove account");
        await Expect(console.Button("Make account…")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Call_records_and_acts_of_operators_are_listed_and_narrowed()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await using (var frida = await TestClient.ConnectAsync(live.Node))
        {
            await frida.ExpectAsync("AUTH ANONYMOUS frida", "204 frida");
            await frida.ConnAsync("video", "archive@127.0.0.1");
            await console.SignInAsync("#/rooms/archive");
            await console.Button("Mute frida").ClickAsync();
            await console.ConfirmAsync("Mute");
        }

        await console.GoAsync("#/calls");
        await Expect(console.Row("archive")).ToContainTextAsync("lost");
        await console.Page.GetByLabel("Only of room").FillAsync("elsewhere");
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Row("archive")).ToHaveCountAsync(0);
        await console.Page.GetByLabel("Only of room").FillAsync("archive");
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Row("frida")).ToHaveCountAsync(1);
        await console.ShowAsync("calls");

        await console.GoAsync("#/audit");
        await Expect(console.Row("archive, frida")).ToContainTextAsync("muted=true");
        await Expect(console.Row("archive, frida")).ToContainTextAsync("done");
        await console.ShowAsync("audit");
        await console.Page.GetByLabel("Only of user").FillAsync("not a name");
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("user must be a name");
    }

    [Theory]
    [InlineData("#/nowhere")]
    [InlineData("#/rooms/a/b")]
    [InlineData("#rooms")]
    public async Task An_address_that_is_none_says_so(string address)
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync(address);
        await Expect(console.Main.Locator("h1")).ToHaveTextAsync("No such page");
        await Expect(console.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync($"There is nothing at {address}.");
    }

    [Fact]
    public async Task A_node_that_is_none_says_so()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/nodes/0123456789abcdef");
        await Expect(console.Main.Locator("h1")).ToHaveTextAsync("Node 0123456789ab");
        await Expect(console.Main.GetByText("This node is not in the cluster any more.")).ToBeVisibleAsync();
    }
}
