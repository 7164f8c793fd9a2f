using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>The page for people without a mouse, without a wide screen, without eyes.</summary>
[Collection(nameof(Browser))]
public sealed class AccessTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Before_in_and_after_the_call_everything_has_a_name_and_can_be_read(ColorScheme scheme)
    {
        await using var page = new JoinPage(await browser.TabAsync(new() { ColorScheme = scheme }), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio");
        await page.OpenAsync("standup?name=joe");
        await IsCleanAsync(page, scheme, "before");
        await page.Button("Turn on").ClickAsync();
        await IsCleanAsync(page, scheme, "encryption");
        await page.Button("Turn off").ClickAsync();
        await page.Button("Join").ClickAsync();
        await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);
        server.Say("110 joined carol@localhost");
        server.Say("115 muted bob@localhost");
        server.Say("203 chat alice@localhost Good morning! See https://example.org/notes");
        await IsCleanAsync(page, scheme, "call");
        await page.Page.Keyboard.PressAsync("c");
        await Expect(page.Chat).ToContainTextAsync("Good morning!");
        await IsCleanAsync(page, scheme, "chat");
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("p");
        await IsCleanAsync(page, scheme, "people");
        await page.Page.Keyboard.PressAsync("?");
        await IsCleanAsync(page, scheme, "keys");
        await page.Page.Keyboard.PressAsync("Escape");
        await server.ShareAsync(1, "alice", "rgb(30, 60, 140)");
        await Expect(page.Large).ToBeVisibleAsync();
        await IsCleanAsync(page, scheme, "screen");
        await page.Button("Leave").ClickAsync();
        await IsCleanAsync(page, scheme, "after");
    }

    [Fact]
    public async Task At_360_pixels_nothing_is_cut_off_and_fingers_find_their_way()
    {
        await using var page = new JoinPage(
            await browser.TabAsync(new() { ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true }), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video", "bob audio", "carol audio");
        await page.OpenAsync("standup?name=joe");
        await FitsAsync(page, "phone-before");
        await page.Button("Join").TapAsync();
        await server.SeatAsync(0, "alice", "rgb(200, 40, 40)");
        await page.ShowsAsync("alice", 200, 40, 40);
        await FitsAsync(page, "phone-call");
        await page.Button("Spotlight").TapAsync();
        await Expect(page.Large).ToBeInViewportAsync();
        await FitsAsync(page, "phone-spotlight");
        await page.Button("Chat").TapAsync();
        await FitsAsync(page, "phone-chat");
        await page.Button("Close panel").TapAsync();
        await page.Button("People (4)").TapAsync();
        await FitsAsync(page, "phone-people");
        await page.Button("Close panel").TapAsync();
        await page.Button("Leave").TapAsync();
        await FitsAsync(page, "phone-after");
    }

    [Fact]
    public async Task Everything_is_reached_by_keys_and_it_shows_where_one_is()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio,video");
        await page.OpenAsync("standup?name=joe");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Button("Leave")).ToBeVisibleAsync();
        await Expect(page.Button("Mute your microphone")).ToBeFocusedAsync();

        var reached = new List<string>();
        for (int i = 0; i < 16; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            if (!await page.Page.EvaluateAsync<bool>("document.activeElement !== document.body"))
                continue;
            reached.Add(await page.Page.EvaluateAsync<string>("(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent ?? '').trim()"));
            string outline = await page.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
            Assert.True(outline != "none", $"{reached[^1]} does not show that it has the focus");
        }

        foreach (string name in new[]
        {
            "Stop camera", "Share screen", "Chat", "People (2)", "Spotlight", "Leave", "Copy link", "Keys", "Settings", "Keep joe (you) large", "Keep alice large",
        })
            Assert.Contains(name, reached);
    }

    [Fact]
    public async Task A_panel_takes_the_focus_and_gives_it_back()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        await page.Page.Keyboard.PressAsync("c");
        await Expect(page.Page.GetByLabel("Message to everyone in the room")).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("mvp");
        await Expect(page.Page.GetByLabel("Message to everyone in the room")).ToHaveValueAsync("mvp");
        await Expect(page.Button("Stop camera")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");

        await Expect(page.Button("Chat")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Single_keys_can_be_switched_off()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");
        await page.Button("Keys").ClickAsync();
        await page.Page.GetByLabel("Single keys do something").UncheckAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("dialog")).ToHaveCountAsync(0);

        await page.Page.Keyboard.PressAsync("m");
        await page.Page.Keyboard.PressAsync("c");

        await Expect(page.Button("Mute your microphone")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".panel")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_comes_and_goes_is_said_to_a_screen_reader()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page);
        await page.JoinAsync("standup?name=joe");

        server.Say("110 joined alice@localhost");
        await Expect(page.Page.Locator("[aria-live=polite]").Filter(new() { HasText = "alice joined" })).ToHaveCountAsync(1);
        server.Say("203 status alice@localhost microphone off");

        await Expect(page.Tile("alice").Locator(".label")).ToHaveTextAsync("alice: microphone off");
    }

    [Fact]
    public async Task Who_wants_no_motion_gets_none()
    {
        await using var page = new JoinPage(await browser.TabAsync(new() { ReducedMotion = ReducedMotion.Reduce }), live.Node);
        await using var server = await ScriptedServer.StartAsync(page.Page, "alice audio");
        await page.JoinAsync("standup?name=joe");
        Assert.Equal("0s", await page.Page.EvaluateAsync<string>(
            "[...new Set([...document.querySelectorAll('*')].flatMap(n => [getComputedStyle(n).transitionDuration, getComputedStyle(n).animationDuration]))].join()"));
    }

    private static async Task IsCleanAsync(JoinPage page, ColorScheme scheme, string where)
    {
        await page.ShowAsync($"{scheme}-{where}");
        await Accessibility.IsCleanAsync(page.Page, where);
    }

    private static async Task FitsAsync(JoinPage page, string where)
    {
        await page.ShowAsync(where);
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{where} is wider than the screen");
        string[] small = await page.Page.EvaluateAsync<string[]>(
            """
            [...document.querySelectorAll('button, input, select')].filter(b => b.checkVisibility())
              .filter(b => b.getBoundingClientRect().height < 36 || (b.getBoundingClientRect().right > innerWidth && !b.closest('.spotlight')))
              .map(b => b.ariaLabel ?? b.textContent)
            """);
        Assert.True(small.Length == 0, $"{where}: {string.Join(", ", small)}");
    }
}
