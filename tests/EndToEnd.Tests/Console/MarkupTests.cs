using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>Names that are markup: a node's is whatever its operator says; no user's or room's can be, but the page does not rely on it.</summary>
[Collection(nameof(Browser))]
public sealed class MarkupTests(Browser browser)
{
    private const string Evil = "<img src=x onerror=window.owned=1><b>bold</b>";

    [Fact]
    public async Task Markup_in_names_is_shown_as_the_text_it_is_and_does_nothing()
    {
        await using var node = await NodeProcess.StartAsync($"Node:Name={Evil}");
        await using var console = await browser.OpenAsync(node);
        await RouteAsync(console, "**/api/v1/figures/rooms*", """
            {"items":[{"name":"EVIL","members":1,"nodes":{"EVIL":1},"bitsIn":1,"bitsOut":1,"drops":0,"loss":0}],"found":1,"all":1,"complete":true}
            """);
        await RouteAsync(console, "**/api/v1/rooms/**", """
            {"name":"EVIL","kept":true,"locked":false,"maxMembers":5,
             "members":[{"name":"EVIL","session":"EVIL","node":"EVIL","services":["EVIL"],"muted":true,"since":"2026-01-01T00:00:00Z"}]}
            """);
        await RouteAsync(console, "**/api/v1/users/**", """{"name":"EVIL","account":true,"online":true,"status":"EVIL","sessions":1}""");
        await RouteAsync(console, "**/api/v1/users?**", """{"items":[],"next":null}""");
        await RouteAsync(console, "**/api/v1/calls*", """
            {"items":[{"id":"1","room":"EVIL","user":"EVIL","session":"1","node":"EVIL","services":[],"started":"2026-01-01T00:00:00Z","ended":null,"end":null,
             "bytesIn":0,"bytesOut":0,"packetsIn":0,"packetsOut":0}],"next":null}
            """);
        await console.SignInAsync();

        await Expect(console.Main.GetByText(Evil).First).ToBeVisibleAsync();
        string self = await console.Main.Locator("table a[href^='#/nodes/']").First.GetAttributeAsync("href") ?? "";
        foreach (string view in new[] { "#/", self, "#/rooms", $"#/rooms/{Uri.EscapeDataString(Evil)}", $"#/users/{Uri.EscapeDataString(Evil)}" })
        {
            await console.GoAsync(view);
            await Expect(console.Main.GetByText(Evil).First).ToBeVisibleAsync();
            await IsHarmlessAsync(console);
        }

        await console.GoAsync($"#/rooms/{Uri.EscapeDataString(Evil)}");
        await console.Button($"Put out {Evil}").ClickAsync();
        await Expect(console.Dialog).ToContainTextAsync(Evil);
        await console.ShowAsync("markup");
        await console.Page.Keyboard.PressAsync("Escape");
        await console.Page.Keyboard.PressAsync("/");
        await console.Page.Keyboard.TypeAsync("evil");
        await Expect(console.Page.GetByRole(AriaRole.Option).First).ToContainTextAsync(Evil);
        await IsHarmlessAsync(console);
    }

    private static async Task RouteAsync(ConsolePage console, string url, string json) => await console.Page.RouteAsync(
        url, route => route.FulfillAsync(new() { ContentType = "application/json", Body = json.Replace("EVIL", Evil, StringComparison.Ordinal) }));

    private static async Task IsHarmlessAsync(ConsolePage console)
    {
        Assert.Equal(0, await console.Page.Locator("main img, main b:not(.legend b), dialog img, #find img").CountAsync());
        Assert.True(await console.Page.EvaluateAsync<bool>("window.owned === undefined"));
    }
}
