using Conference.EndToEnd.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Join;

/// <summary>The page people join by, in a tab of its own. Whatever the page itself finds wrong fails the test at its end.</summary>
public sealed class JoinPage : IAsyncDisposable
{
    private static readonly string? _screenshots = Environment.GetEnvironmentVariable("JOIN_SCREENSHOTS");

    private readonly List<string> _complaints = [];
    private readonly NodeProcess _node;

    public JoinPage(IPage page, NodeProcess node)
    {
        Page = page;
        _node = node;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // What does not answer is for the page to handle; that the browser mentions it is nobody's fault.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                && !message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal))
                _complaints.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Heading => Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    public ILocator Tiles => Page.Locator("li.tile");

    /// <summary>The tile that is larger than the others.</summary>
    public ILocator Large => Page.Locator("li.tile.large");

    public ILocator Tile(string name) => Page.Locator("li.tile").Filter(new() { Has = Page.Locator(".name").GetByText(name, new() { Exact = true }) });

    public ILocator Chat => Page.GetByRole(AriaRole.Log);

    public string Address(string rest) => $"http://{_node.HttpAddress}:{_node.HttpPort}/join/{rest}";

    /// <summary>Before the call, once the camera is seen.</summary>
    public async Task OpenAsync(string rest)
    {
        await Page.GotoAsync(Address(rest));
        await Expect(Page.Locator(".preview video")).ToBeVisibleAsync();
    }

    public async Task JoinAsync(string rest)
    {
        await OpenAsync(rest);
        await Button("Join").ClickAsync();
        await Expect(Button("Leave")).ToBeVisibleAsync();
    }

    /// <summary>Waits until a tile shows a picture whose middle is of about this colour.</summary>
    public async Task ShowsAsync(string name, int red, int green, int blue)
    {
        await Expect(Tile(name).Locator("video")).ToBeVisibleAsync();
        await Page.WaitForFunctionAsync(
            """
            ([name, ...wanted]) => {
              const tile = [...document.querySelectorAll('li.tile')].find(t => t.querySelector('.name').textContent === name);
              const paper = new OffscreenCanvas(8, 8).getContext('2d');
              paper.drawImage(tile.querySelector('video'), 0, 0, 8, 8);
              const seen = [...paper.getImageData(4, 4, 1, 1).data];
              // Codecs change colours a little, and a darker stripe passes by.
              return wanted.every((value, i) => Math.abs(seen[i] - value) < 40);
            }
            """,
            new object[] { name, red, green, blue });
    }

    /// <summary>Where somebody has named a folder for them.</summary>
    public async Task ShowAsync(string name)
    {
        if (_screenshots is not null)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(_screenshots, name + ".png") });
    }

    public async ValueTask DisposeAsync()
    {
        await Page.Context.CloseAsync();
        Assert.Empty(_complaints);
    }
}
