using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

[Collection(nameof(Browser))]
public sealed class SignInTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task The_printed_link_signs_in_and_the_token_leaves_the_address()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();

        Assert.Equal(console.Address, console.Page.Url);
        await Expect(console.Page).ToHaveTitleAsync("Overview · Conference");
        await Expect(console.Row("test")).ToContainTextAsync("ready");
        await console.Page.ReloadAsync();
        await console.IsLiveAsync();
    }

    [Fact]
    public async Task Without_a_token_it_asks_for_one_a_wrong_one_is_said_and_the_right_one_lets_in()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.Page.GotoAsync(console.Address);
        var field = console.Page.GetByLabel("Admin token");
        await Expect(field).ToBeFocusedAsync();

        await field.FillAsync("not-the-token");
        await field.PressAsync("Enter");
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Not signed in: wrong admin token.");
        await Expect(console.Main).ToBeHiddenAsync();
        await console.ShowAsync("sign-in");

        await field.FillAsync(AdminClient.Token);
        await console.Button("Sign in").ClickAsync();
        await console.IsLiveAsync();
        await console.Button("Sign out").ClickAsync();
        await Expect(field).ToBeFocusedAsync();
        await console.Page.ReloadAsync();
        await Expect(field).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_token_that_is_not_good_any_more_leads_back_to_the_field()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms");

        await console.Page.EvaluateAsync("sessionStorage.setItem('admin-token', 'of-the-node-before')");
        await console.Page.GetByLabel("Show only").FillAsync("x");

        await Expect(console.Page.GetByLabel("Admin token")).ToBeVisibleAsync();
        await Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong admin token");
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_said_and_followed_again_when_it_does()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();

        await console.Page.RouteAsync("**/api/v1/events", route => route.AbortAsync());
        await console.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
        await console.Page.ReloadAsync();
        await Expect(console.Page.Locator("#live")).ToHaveTextAsync("No answer, trying again");
        await console.Page.UnrouteAsync("**/api/v1/events");
        await console.IsLiveAsync();
    }

    [Fact]
    public async Task The_theme_is_the_systems_until_somebody_chooses_and_then_theirs()
    {
        await using var console = await browser.OpenAsync(live.Node, new() { ColorScheme = ColorScheme.Dark });
        await console.SignInAsync();
        string dark = await BackgroundAsync(console);

        await console.Button("Light theme").ClickAsync();
        string light = await BackgroundAsync(console);
        await console.Page.ReloadAsync();

        Assert.NotEqual(dark, light);
        Assert.Equal(light, await BackgroundAsync(console));
        await console.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        await console.Button("Dark theme").ClickAsync();
        Assert.Equal(dark, await BackgroundAsync(console));
    }

    private static Task<string> BackgroundAsync(ConsolePage console) =>
        console.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
}
