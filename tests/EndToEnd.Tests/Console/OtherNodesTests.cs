using Conference.Cluster.Tests.Support;
using Conference.EndToEnd.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Console;

/// <summary>One node's console steers the others too.</summary>
[Collection(nameof(Browser))]
public sealed class OtherNodesTests(Browser browser)
{
    [Fact]
    public async Task Another_nodes_console_is_offered_when_this_ones_node_dies()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (own, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        await using var console = await browser.OpenAsync(own);
        await console.SignInAsync("#/rooms");
        var offer = console.Page.Locator("#elsewhere");
        await Expect(offer).ToBeHiddenAsync();

        own.Kill();

        await Expect(offer).ToContainTextAsync($"node-{own.Address} does not answer. Go on at another:");
        await console.ShowAsync("elsewhere");
        await offer.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = $"node-{other.Address}" }).ClickAsync();
        await Expect(console.Page).ToHaveURLAsync($"http://{other.HttpAddress}:{other.HttpPort}/#/rooms");
        await console.Page.GetByLabel("Admin token").FillAsync(AdminClient.Token);
        await console.Page.Keyboard.PressAsync("Enter");
        await Expect(console.Main.Locator("h1")).ToHaveTextAsync("Rooms");
    }

    [Fact]
    public async Task A_node_is_drained_and_called_off_from_the_console_of_another()
    {
        await using var cluster = await TestCluster.StartAsync(2);
        var (own, other) = (cluster.Nodes[0], cluster.Nodes[1]);
        string name = $"node-{other.Address}";
        await using var client = await TestClient.ConnectAsync(other);
        await client.ConnAsync("video", $"going@{other.Address}");
        await using var console = await browser.OpenAsync(own);
        await console.SignInAsync();

        await console.Button($"Drain {name}").ClickAsync();
        await console.ConfirmAsync("Drain");
        await Expect(console.Row(name).First).ToContainTextAsync("draining");
        await Expect(console.Main.GetByText($"{name}: draining, 1 session left")).ToBeVisibleAsync();
        await Expect(console.Row($"node-{own.Address}").First).ToContainTextAsync("ready");
        await console.ShowAsync("drain-other");
        Assert.Equal(503, (await other.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await own.GetAsync("/health/ready")).Status);

        // From its own page.
        await console.Main.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = name, Exact = true }).First.ClickAsync();
        await Expect(console.Main.Locator("h1")).ToHaveTextAsync(name);
        await console.ShowAsync("node-draining");
        await console.Button($"Call off the drain of {name}").ClickAsync();
        await console.ConfirmAsync("Call off");
        await Expect(console.Button($"Drain {name}")).ToBeVisibleAsync();
        await Eventually.EqualAsync(200, async () => (await other.GetAsync("/health/ready")).Status);
        await client.ExpectAsync("NOOP", "200 ok");
    }
}
