using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>What people see before the call: themselves, and one button.</summary>
[Collection(nameof(Browser))]
public sealed class BeforeTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task One_click_on_Join_is_all_that_is_asked()
    {
        await using var page = new JoinPage(await browser.TabAsync(), live.Node);
        await using var server = new ScriptedServer(page.Page) { Members = ["alice audio,video"] };
        await server.ListenAsync();
        await page.OpenAsync("standup?name=joe");
        await page.ShowAsync("before");

        await page.Button("Join").ClickAsync();

        await Expect(page.Tile("joe (you)")).ToBeVisibleAsync();
        await Expect(page.Tile("alice")).ToBeVisibleAsync();
        await Expect(page.Tile("joe (you)").Locator("video")).ToBeVisibleAsync();
        Assert.Contains("AUTH ANONYMOUS joe", server.Heard);
        Assert.Contains("CONN video standup@localhost", server.Heard);
        await Eventually.EqualAsync(true, async () => await server.PicturesSentAsync() > 0);
    }
}
