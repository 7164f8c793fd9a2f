using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>Customers in the console: what an operator of the service does for one, and what a customer's own administrator sees.</summary>
[Collection(nameof(Browser))]
public sealed class DomainTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task A_customer_is_taken_in_and_its_administrator_sees_that_domain_and_no_other()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/domains");
        await Expect(console.Row("default")).ToContainTextAsync("as the service has it");
        await console.Button("Make domain…").ClickAsync();
        await console.Page.GetByLabel("Domain", new() { Exact = true }).FillAsync("Acme.example.");
        await console.Page.GetByLabel("Sessions at most").FillAsync("2");
        await console.ShowAsync("make-domain");
        await console.ConfirmAsync("Make domain");
        await Expect(console.Row("acme.example")).ToContainTextAsync("Sessions at most: 2");
        await console.ShowAsync("domains");

        await using var ann = await TestClient.ConnectAsync(live.Node);
        await ann.ExpectAsync("AUTH ANONYMOUS ann@acme.example", "204 ann");
        await ann.ConnAsync("video", "standup@acme.example");
        await console.Main.GetByRole(AriaRole.Link, new() { Name = "acme.example" }).ClickAsync();
        await Expect(console.Main.GetByText("of 2", new() { Exact = true })).ToBeVisibleAsync();
        await console.Button("Rules…").ClickAsync();
        await Expect(console.Page.GetByLabel("Sessions at most")).ToHaveValueAsync("2");
        await console.Page.GetByLabel("Sessions at most").FillAsync("1");
        await console.Page.GetByLabel("Browsers may join").SelectOptionAsync("No");
        await console.ConfirmAsync("Set rules");
        await Expect(console.Main.GetByText("Rules: Browsers may join: no; Sessions at most: 1.")).ToBeVisibleAsync();
        await Expect(console.Main.GetByRole(AriaRole.Row)).ToHaveCountAsync(2);
        await console.ShowAsync("domain");
        await using var bob = await TestClient.ConnectAsync(live.Node);
        await bob.ExpectAsync("AUTH ANONYMOUS bob@acme.example", "504 acme.example is full");

        await console.GoAsync("#/tokens");
        await console.Button("Make token…").ClickAsync();
        await console.Page.GetByLabel("What it is for, or whose").FillAsync("administrators of acme");
        await console.Page.GetByLabel("Only for this domain").FillAsync("acme.example");
        await console.Page.GetByLabel("It may").SelectOptionAsync("And mute, put out, announce");
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Make token", Exact = true }).ClickAsync();
        var secret = console.Dialog.GetByLabel("Token for administrators of acme");
        await Expect(secret).ToHaveValueAsync(new Regex("^conference-[0-9a-f]{48}$"));
        string token = await secret.InputValueAsync();
        await console.ShowAsync("token-made");
        await console.ConfirmAsync("Close");
        await Expect(console.Row("administrators of acme")).ToContainTextAsync("read, moderate");

        await using var theirs = await browser.OpenAsync(live.Node);
        await theirs.Page.GotoAsync($"{theirs.Address}#token={token}");
        await Expect(theirs.Page.Locator("#live")).ToHaveTextAsync("acme.example");
        await Expect(theirs.Page).ToHaveTitleAsync("acme.example · Conference");
        Assert.Equal(["Overview", "Rooms", "Accounts", "Calls"], await theirs.Page.Locator("header nav a:visible").AllTextContentsAsync());
        await Expect(theirs.Button("Rules…")).ToBeHiddenAsync();
        await Expect(theirs.Button("Make join token…")).ToBeHiddenAsync();
        await theirs.ShowAsync("domain-own");
        await theirs.GoAsync("#/rooms");
        await theirs.Main.GetByRole(AriaRole.Link, new() { Name = "standup" }).ClickAsync();
        await Expect(theirs.Button("Close room…")).ToBeHiddenAsync();
        await theirs.Button("Mute ann").ClickAsync();
        await theirs.ConfirmAsync("Mute");
        await Expect(theirs.Row("ann")).ToContainTextAsync("muted");
        await theirs.GoAsync("#/users");
        await Expect(theirs.Row("ann")).ToContainTextAsync("online");
        await Expect(theirs.Button("Make account…")).ToBeHiddenAsync();
        await theirs.GoAsync("#/users/ann@acme.example");
        await Expect(theirs.Row("standup")).ToBeVisibleAsync();
        await theirs.GoAsync("#/domains/default");
        await Expect(theirs.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("this token is for another domain");

        await console.Button("Withdraw administrators of acme").ClickAsync();
        await console.ConfirmAsync("Withdraw");
        await Expect(theirs.Page.Locator("#signin-error")).ToContainTextAsync("Not signed in");
    }

    [Fact]
    public async Task A_link_for_one_person_is_made_and_a_domain_removed()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/domains");
        await console.Button("Make domain…").ClickAsync();
        await console.Page.GetByLabel("Domain", new() { Exact = true }).FillAsync("globex.example");
        await console.ConfirmAsync("Make domain");
        await console.GoAsync("#/domains/globex.example");
        await console.Button("Make join token…").ClickAsync();
        await console.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("joe");
        await console.Page.GetByLabel("Room", new() { Exact = true }).FillAsync("standup");
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Make join token", Exact = true }).ClickAsync();
        string link = await console.Dialog.GetByLabel("A link for one person").InputValueAsync();
        Assert.StartsWith($"{console.Address}join/standup@globex.example?token=", link, StringComparison.Ordinal);
        await console.ConfirmAsync("Close");
        await using var joe = await TestClient.ConnectAsync(live.Node);
        await joe.ExpectAsync($"AUTH BEARER {link[(link.IndexOf("token=", StringComparison.Ordinal) + 6)..]}", "204 joe");

        await console.Button("Remove domain…").ClickAsync();
        await console.ConfirmAsync("Remove domain");
        Assert.Equal("421 globex.example is gone", await joe.ReadAsync());
        await console.GoAsync("#/domains");
        await Expect(console.Row("globex.example")).ToHaveCountAsync(0);
    }
}
