using Microsoft.Playwright;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>One Chromium, Debian's, for all tests; each has a context of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>How long a page has for anything, on a machine that does much else: milliseconds.</summary>
    private const float Patience = 20_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await Debian.LaunchAsync(_playwright);
    }

    public async Task<ConsolePage> OpenAsync(NodeProcess node, BrowserNewContextOptions? options = null) => new(await TabAsync(options), node);

    /// <summary>A tab in a context of its own.</summary>
    public async Task<IPage> TabAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.Locale = "en-GB";
        options.ViewportSize ??= new ViewportSize { Width = 1280, Height = 800 };
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

[CollectionDefinition(nameof(Browser))]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
