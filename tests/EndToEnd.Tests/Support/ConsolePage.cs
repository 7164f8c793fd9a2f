using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>The console in a tab of its own. Whatever the page itself finds wrong (a broken policy, an exception) fails the test at its end.</summary>
public sealed class ConsolePage : IAsyncDisposable
{
    private static readonly string? _screenshots = Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS");

    private readonly List<string> _complaints = [];
    private readonly NodeProcess _node;

    public ConsolePage(IPage page, NodeProcess node)
    {
        Page = page;
        _node = node;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // A refused or missing answer is for the page to handle; that the browser mentions it is nobody's fault.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
                _complaints.Add(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Where the console is, without a token.</summary>
    public string Address => $"http://{_node.HttpAddress}:{_node.HttpPort}/";

    public ILocator Main => Page.Locator("#main");

    public ILocator Dialog => Page.Locator("dialog");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The row of a table that holds this text.</summary>
    public ILocator Row(string text) => Main.GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    /// <summary>By a link with the token in it, as a node shows it on a terminal; and on to a view.</summary>
    public async Task SignInAsync(string view = "#/")
    {
        await Page.GotoAsync($"{Address}#token={AdminClient.Token}");
        await IsLiveAsync();
        if (view != "#/")
            await GoAsync(view);
    }

    public async Task GoAsync(string view)
    {
        await Page.EvaluateAsync("view => { location.hash = view; }", view);
        await Expect(Main.Locator("h1")).ToBeVisibleAsync();
    }

    public Task IsLiveAsync() => Expect(Page.Locator("#live")).ToHaveTextAsync("Live");

    public async Task ConfirmAsync(string action)
    {
        await Dialog.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();
        await Expect(Dialog).ToHaveCountAsync(0);
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
