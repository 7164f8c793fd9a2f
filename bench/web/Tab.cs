using Conference.EndToEnd.Tests.Support;

namespace Conference.Bench.Web;

/// <summary>The page people join by, in a tab whose camera sees one colour.</summary>
internal sealed class Tab : IAsyncDisposable
{
    private const float Patience = 60_000;

    private readonly IBrowserContext _context;
    private readonly IPage _page;

    private Tab(IBrowserContext context, IPage page) => (_context, _page) = (context, page);

    /// <summary>Opens the page, and waits until it may be joined.</summary>
    /// <param name="rest">Of the address: room and name.</param>
    public static async Task<Tab> OpenAsync(IBrowser browser, string address, string colour, string rest, params string[] ways)
    {
        IBrowserContext context = await browser.NewContextAsync(new() { Locale = "en-GB", ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(Patience);
        IPage page = await context.NewPageAsync();
        foreach (string script in (string[])[TabScripts.Seeing(colour), .. ways])
            await page.AddInitScriptAsync(script);
        await page.GotoAsync($"http://{address}:8080/join/{rest}");
        await page.Locator(".preview video").WaitForAsync();
        return new Tab(context, page);
    }

    public Task JoinAsync() => _page.EvaluateAsync("() => [...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Join').click()");

    /// <summary>Presses Join.</summary>
    /// <returns>Milliseconds: until the page was in, was connected, and showed a frame of somebody else.</returns>
    public Task<double[]> JoinAndSeeAsync() => _page.EvaluateAsync<double[]>(
        """
        () => new Promise(resolve => {
          const begun = performance.now();
          const at = [0, 0, 0];
          const look = () => {
            const now = performance.now() - begun;
            at[0] ||= document.querySelector('li.tile') ? now : 0;
            at[1] ||= window.connections.at(-1)?.connectionState === 'connected' ? now : 0;
            at[2] ||= [...document.querySelectorAll('li.tile:not(.mirrored) video')].some(v => v.readyState >= 2 && v.videoWidth > 2) ? now : 0;
            if (at[2])
              resolve(at);
            else
              setTimeout(look, 5);
          };
          [...document.querySelectorAll('button')].find(b => b.textContent.trim() === 'Join').click();
          look();
        })
        """);

    /// <summary>Waits until pictures and sound of so many others come.</summary>
    public async Task SeesAsync(int others)
    {
        DateTime end = DateTime.UtcNow.AddMilliseconds(Patience);
        while (await PlayedAsync() is var played && (played.Pictures < others || played.Voices < others))
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"{played.Pictures} pictures and {played.Voices} voices instead of {others} of each");
            await Task.Delay(200);
        }
    }

    public async Task<Played> PlayedAsync()
    {
        double[] sums = await _page.EvaluateAsync<double[]>(
            """
            async () => {
              const stats = [...(await connections.at(-1)?.getStats() ?? new Map()).values()].filter(s => s.type === 'inbound-rtp');
              const [pictures, voices] = ['video', 'audio'].map(kind => stats.filter(s => s.kind === kind && s.packetsReceived > 20));
              const sum = (all, of) => all.reduce((total, s) => total + (s[of] ?? 0), 0);
              return [
                pictures.length, voices.length, sum(pictures, 'framesDecoded'), sum(pictures, 'freezeCount'), sum(pictures, 'totalFreezesDuration'),
                sum(pictures, 'packetsLost'), sum(pictures, 'packetsReceived'), sum(voices, 'totalAudioEnergy'), performance.now() / 1000,
              ];
            }
            """);
        return new Played((int)sums[0], (int)sums[1], (long)sums[2], (int)sums[3], sums[4], (long)sums[5], (long)sums[6], sums[7], sums[8]);
    }

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}

/// <summary>What a tab has been shown so far, of everybody together.</summary>
/// <param name="Frozen">Seconds.</param>
/// <param name="Loudness">Energy of what was heard.</param>
/// <param name="At">Seconds.</param>
internal sealed record Played(int Pictures, int Voices, long Frames, int Freezes, double Frozen, long Lost, long Received, double Loudness, double At);
