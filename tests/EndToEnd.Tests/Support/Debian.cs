using Microsoft.Playwright;

namespace Conference.EndToEnd.Tests.Support;

/// <summary>Debian's Chromium.</summary>
internal static class Debian
{
    private const string Executable = "/usr/bin/chromium";

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Executable,
        // Tests run as root in containers, where Chromium's sandbox cannot; the rest keeps it from calling home.
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
            // A camera that shows a clock, a microphone that beeps, nobody who must say yes, and calls by addresses of this machine alone.
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
        ],
    });
}
