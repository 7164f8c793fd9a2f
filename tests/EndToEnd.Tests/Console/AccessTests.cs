using System.Text.RegularExpressions;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>The console for people without a mouse, without a wide screen, without eyes.</summary>
[Collection(nameof(Browser))]
public sealed class AccessTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task On_every_view_everything_has_a_name_and_can_be_read(ColorScheme scheme)
    {
        await using var member = await MemberAsync();
        await using var console = await browser.OpenAsync(live.Node, new() { ColorScheme = scheme });
        await console.Page.GotoAsync(console.Address);
        await Expect(console.Page.GetByLabel("Admin token")).ToBeVisibleAsync();
        await Accessibility.IsCleanAsync(console.Page, "sign-in");
        await console.SignInAsync();

        await foreach (string view in ViewsAsync(console))
        {
            await Accessibility.IsCleanAsync(console.Page, view);
            await console.ShowAsync($"{scheme}-{view.Trim('#', '/').Replace('/', '-')}");
        }

        await console.GoAsync("#/rooms/standing");
        await console.Button("Put out carol").ClickAsync();
        await Accessibility.IsCleanAsync(console.Page, "dialog");
    }

    [Fact]
    public async Task At_360_pixels_nothing_is_cut_off_and_fingers_find_their_way()
    {
        await using var member = await MemberAsync();
        await using var console = await browser.OpenAsync(live.Node, new()
        {
            ViewportSize = new() { Width = 360, Height = 740 }, HasTouch = true, IsMobile = true,
        });
        await console.SignInAsync();

        await foreach (string view in ViewsAsync(console))
        {
            Assert.True(await console.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{view} is wider than the screen");
            string[] small = await console.Page.EvaluateAsync<string[]>(
                """
                [...document.querySelectorAll('button, input')].filter(b => b.checkVisibility() && !b.closest('th'))
                  .filter(b => b.getBoundingClientRect().height < 36 || b.getBoundingClientRect().right > innerWidth).map(b => b.textContent)
                """);
            Assert.True(small.Length == 0, $"{view}: {string.Join(", ", small)}");
            await console.ShowAsync($"phone-{view.Trim('#', '/').Replace('/', '-')}");
        }

        await console.GoAsync("#/rooms/standing");
        await console.Button("Put out carol").TapAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).TapAsync();
    }

    [Fact]
    public async Task Everything_is_reached_by_keys_and_it_shows_where_one_is()
    {
        await using var member = await MemberAsync();
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync("#/rooms/standing");
        var page = console.Page;
        await page.ReloadAsync();
        await Expect(console.Button("Put out carol")).ToBeVisibleAsync();

        var reached = new List<string>();
        for (int i = 0; i < 40 && !reached.Contains("Metrics of this node"); i++)
        {
            await page.Keyboard.PressAsync("Tab");
            reached.Add(await page.EvaluateAsync<string>("(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent ?? '').trim()"));
            string outline = await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle");
            Assert.True(outline != "none", $"{reached[^1]} does not show that it has the focus");
        }

        foreach (string name in new[]
        {
            "Skip to content", "Overview", "Rooms", "Events", "Find a user or room", "Dark theme", "Sign out", "Close room…", "carol", "Mute carol", "Put out carol",
        })
            Assert.Contains(name, reached);
        await page.GetByText("Skip to content").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(console.Main).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync($"{console.Address}#/rooms/standing");

        await console.Button("Mute carol").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#toast")).ToHaveTextAsync("carol is muted in standing.");
    }

    [Fact]
    public async Task A_chart_is_read_by_pointer_and_by_arrow_keys()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();
        var chart = console.Main.GetByRole(AriaRole.Img, new() { NameRegex = new("^Members, last ten minutes; now") });
        // Two points, so that there is an earlier one.
        await Expect(console.Main.Locator(".chart path.line.people").First).ToHaveAttributeAsync("d", new Regex("L.*L.*L"), new() { Timeout = 20_000 });

        await chart.FocusAsync();
        await console.Page.Keyboard.PressAsync("ArrowLeft");
        await Expect(console.Main.Locator(".chart").Nth(2).GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex(@"^\d\d:\d\d:\d\d: .*\d"));
        await Expect(console.Main.Locator(".chart .mark line")).ToHaveCountAsync(6);
        await console.Page.Keyboard.PressAsync("Escape");
        await Expect(console.Main.Locator(".chart .mark line")).ToHaveCountAsync(0);

        await chart.HoverAsync();
        await Expect(console.Main.Locator(".chart .mark line")).ToHaveCountAsync(6);
    }

    [Fact]
    public async Task Who_wants_no_motion_gets_none()
    {
        await using var console = await browser.OpenAsync(live.Node, new() { ReducedMotion = ReducedMotion.Reduce });
        await console.SignInAsync();
        Assert.Equal("0s", await console.Page.EvaluateAsync<string>(
            "[...new Set([...document.querySelectorAll('*')].flatMap(n => [getComputedStyle(n).transitionDuration, getComputedStyle(n).animationDuration]))].join()"));
    }

    private async Task<TestClient> MemberAsync()
    {
        var carol = await TestClient.ConnectAsync(live.Node);
        // The one of the test before may not have gone yet.
        await Eventually.EqualAsync("204 carol", () => carol.AskAsync("AUTH ANONYMOUS carol"));
        await carol.ConnAsync("video", "standing@127.0.0.1");
        return carol;
    }

    private static async IAsyncEnumerable<string> ViewsAsync(ConsolePage console)
    {
        string node = await console.Main.Locator("table a[href^='#/nodes/']").First.GetAttributeAsync("href") ?? "";
        foreach (string view in new[] { "#/", "#/rooms", "#/rooms/standing", "#/users/carol", "#/events", "#/users", "#/calls", "#/audit", node })
        {
            await console.GoAsync(view);
            if (view != "#/events")
                await Expect(console.Main.Locator("table")).Not.ToHaveCountAsync(0);
            await console.Page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
            yield return view;
        }
    }
}
