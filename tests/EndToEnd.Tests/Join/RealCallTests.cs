using System.Text.RegularExpressions;
using Conference.Cluster.Tests.Support;
using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>Pages and real nodes, with nothing between: each tab sends one colour.</summary>
[Collection(nameof(Browser))]
public sealed partial class RealCallTests(Browser browser, LiveNode live) : IClassFixture<LiveNode>
{
    private const string Key = "#key=wKRcZW1a9sLWAJSwRui6rw";

    [Fact]
    public async Task Everyone_sees_everyone_and_a_line_that_is_left_is_used_again()
    {
        await using var red = await TabAsync("red", "standing?name=red");
        await using var blue = await TabAsync("blue", "standing?name=blue");
        await red.ShowsAsync("blue", 0, 0, 255);
        await blue.ShowsAsync("red", 255, 0, 0);
        await using var lime = await TabAsync("lime", "standing?name=lime");
        await lime.ShowsAsync("red", 255, 0, 0);
        await lime.ShowsAsync("blue", 0, 0, 255);
        await red.ShowsAsync("lime", 0, 255, 0);
        await red.ShowAsync("real");

        await blue.Button("Leave").ClickAsync();
        await Expect(red.Tile("blue")).ToHaveCountAsync(0);
        await using var yellow = await TabAsync("yellow", "standing?name=yellow");

        await red.ShowsAsync("yellow", 255, 255, 0);
        await red.ShowsAsync("lime", 0, 255, 0);
        await yellow.ShowsAsync("red", 255, 0, 0);
    }

    [Fact]
    public async Task A_screen_is_seen_by_the_others_and_gone_when_it_is_over()
    {
        await using var red = await TabAsync("red", "sharing?name=red");
        await using var blue = await TabAsync("blue", "sharing?name=blue");
        await blue.ShowsAsync("red", 255, 0, 0);

        await red.Button("Share screen").ClickAsync();
        await blue.ShowsAsync("red’s screen", 255, 0, 255);
        await blue.ShowsAsync("red", 255, 0, 0);

        await red.Button("Stop sharing").ClickAsync();
        await Expect(blue.Tile("red’s screen")).ToHaveCountAsync(0);
        await red.Button("Share screen").ClickAsync();
        await blue.ShowsAsync("red’s screen", 255, 0, 255);
    }

    [Fact]
    public async Task A_picture_that_stops_without_a_word_gives_way_to_the_name_and_comes_back()
    {
        await using var red = await TabAsync("red", "still?name=red");
        await using var blue = await TabAsync("blue", "still?name=blue");
        await blue.ShowsAsync("red", 255, 0, 0);

        await red.Page.EvaluateAsync(
            """
            () => {
              window.camera = connections[0].getSenders().find(s => s.track?.kind === 'video');
              window.seen = camera.track;
              return camera.replaceTrack(null);
            }
            """);
        await Expect(blue.Tile("red")).ToHaveClassAsync(Blank());
        await Expect(blue.Tile("red").Locator(".label")).ToHaveTextAsync("red: no picture");
        await red.Page.EvaluateAsync("() => camera.replaceTrack(seen)");

        await Expect(blue.Tile("red")).Not.ToHaveClassAsync(Blank());
        await blue.ShowsAsync("red", 255, 0, 0);
    }

    [Fact]
    public async Task Chat_and_presence_are_those_of_every_other_client()
    {
        await using var carol = await TestClient.ConnectAsync(live.Node);
        await carol.ExpectAsync("AUTH ANONYMOUS carol", "204 carol");
        await carol.ExpectAsync("SETP chat sender on", "310 chat on");
        await carol.ConnAsync("audio", "talking@127.0.0.1");
        await using var red = await TabAsync("red", "talking?name=red");
        await Expect(red.Tile("carol")).ToBeVisibleAsync();

        await carol.SendAsync("SEND chat Can you hear me?\r\n");
        await Expect(red.Button("Chat, 1 unread")).ToBeVisibleAsync();
        await red.Page.Keyboard.PressAsync("c");
        await red.Page.Keyboard.TypeAsync("Loud and clear.");
        await red.Page.Keyboard.PressAsync("Enter");

        Assert.Equal("203 chat red@127.0.0.1 Loud and clear.", await carol.ReadAsync());
    }

    [Fact]
    public async Task With_the_key_one_sees_and_without_it_one_does_not()
    {
        await using var red = await TabAsync("red", $"secret?name=red{Key}");
        await using var blue = await TabAsync("blue", $"secret?name=blue{Key}");
        await red.ShowsAsync("blue", 0, 0, 255);
        await blue.ShowsAsync("red", 255, 0, 0);

        await using var eve = await TabAsync("lime", "secret?name=eve");

        await Expect(red.Tile("eve")).ToContainTextAsync("cannot be shown");
        await Expect(blue.Tile("eve")).ToContainTextAsync("cannot be shown");
        await Expect(eve.Button("Chat, 1 unread")).ToBeVisibleAsync();
        Assert.False(await eve.Page.EvaluateAsync<bool>(
            "[...document.querySelectorAll('li.tile')].some(t => t.classList.contains('seen') && t.querySelector('.name').textContent === 'red')"));
        await red.ShowsAsync("blue", 0, 0, 255);
    }

    [Fact]
    public async Task When_a_node_dies_its_pages_go_on_at_another()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (own, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await using var red = await TabAsync("red", "moving?name=red", own);
        await using var blue = await TabAsync("blue", "moving?name=blue", other);
        await red.ShowsAsync("blue", 0, 0, 255);
        await blue.ShowsAsync("red", 255, 0, 0);

        own.Kill();

        await Expect(red.Page.Locator("#toast")).ToHaveTextAsync("You are back in the call.", new() { Timeout = 90_000 });
        await red.ShowsAsync("blue", 0, 0, 255);
        await blue.ShowsAsync("red", 255, 0, 0);
    }

    [GeneratedRegex(@"\bblank\b")]
    private static partial Regex Blank();

    private Task<JoinPage> TabAsync(string colour, string rest, NodeProcess? node = null) => ColourTab.JoinAsync(browser, node ?? live.Node, colour, rest);
}
