using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>Figures that say what is wrong, and stay where the eye has found them.</summary>
[Collection(nameof(Browser))]
public sealed class FiguresTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    [Fact]
    public async Task What_a_muted_member_sends_is_no_drop_to_worry_about()
    {
        await using var gus = await TestClient.ConnectAsync(live.Node);
        await using var hal = await TestClient.ConnectAsync(live.Node, "127.0.0.2");
        await gus.ExpectAsync("AUTH ANONYMOUS gus", "204 gus");
        var (from, to) = (await gus.ConnAsync("video", "silence@127.0.0.1"), await hal.ConnAsync("video", "silence@127.0.0.1"));
        await from.LatchAsync(to);
        await gus.ExpectAsync("SETP video mute on", "310 video on");
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();
        var tile = console.Main.Locator(".tile", new() { HasText = "Drops" });
        using var over = new CancellationTokenSource();
        var sending = SendAsync(from, over.Token);

        await Expect(tile.Locator(".more")).ToContainTextAsync("muted or empty");
        await Expect(tile.Locator(".value")).ToHaveTextAsync("0/s");
        await console.ShowAsync("muted");
        await console.Main.Locator("table a[href^='#/nodes/']").First.ClickAsync();
        await Expect(console.Row("muted")).ToContainTextAsync("meant so");
        await Expect(console.Main.Locator(".tile", new() { HasText = "Drops" }).Locator(".value")).ToHaveTextAsync("0/s");
        await over.CancelAsync();
        await sending;
    }

    [Fact]
    public async Task Rows_keep_their_places_while_their_figures_change()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();
        string[] orders = await console.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { steady } = await import('/console/dom.js');
              const arrange = steady(item => item);
              const said = (items, by, held) => arrange(items, by, held).join('');
              return [said(['a', 'b', 'c'], 'out'), said(['c', 'b', 'a'], 'out'), said(['c', 'd', 'a'], 'out', true), said(['b', 'd', 'a', 'c'], 'out'), said(['d', 'c', 'b', 'a'], 'name')];
            }
            """);
        Assert.Equal(["abc", "abc", "acd", "abcd", "dcba"], orders);
    }

    [Fact]
    public async Task One_peak_of_delay_does_not_make_a_flat_line_of_what_is_normal()
    {
        await using var console = await browser.OpenAsync(live.Node);
        await console.SignInAsync();
        string[] labels = await console.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { chart } = await import('/console/chart.js');
              const { delay } = await import('/console/format.js');
              const made = chart({ title: 'Delay', format: delay, least: 1000, isTypical: true, series: [{ name: 'p99', color: 'p99' }] });
              document.getElementById('main').append(made.root);
              await new Promise(resolve => setTimeout(resolve, 100));
              const now = Date.now();
              made.update(Array.from({ length: 100 }, (_, i) => ({ at: now - (100 - i) * 5000, values: [i === 50 ? 15000 : 200] })), now);
              return [...made.root.querySelectorAll('.grid text, .beyond text')].map(t => t.textContent.replaceAll('\u00a0', ' '));
            }
            """);
        Assert.Contains("1 ms", labels);
        Assert.Contains("up to 15 ms", labels);
        Assert.DoesNotContain("15 ms", labels);
    }

    private static async Task SendAsync(System.Net.Sockets.Socket from, CancellationToken over)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!over.IsCancellationRequested)
        {
            from.Send(new byte[100]);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
