using System.Diagnostics;
using System.Globalization;
using System.Net;
using Conference.Media;
using Conference.Media.Tests.Web;
using Conference.Media.Transport;
using Conference.Protocol.Rtp;

namespace Conference.Bench.Media;

/// <summary>What one browser costs: the handshake, by the time of the thread that makes them, and the memory it takes while it is connected.</summary>
/// <remarks>The browsers are in the same process. Of their memory what they have given back is not seen as free by the system: the figure is an upper bound.</remarks>
internal static class BrowserCosts
{
    private const int Warm = 50;
    private const int Browsers = 500;

    public static int Run()
    {
        var room = new RoomId("bench");
        using MediaPlane plane = MediaPlane.Start(new MediaOptions { Web = new WebOptions(0), Loops = 1 }, TimeProvider.System);
        List<SimulatedBrowser> all = [];
        List<MediaRoute> routes = [];
        Connect(Warm);
        long memory = Resident();
        TimeSpan busy = HandshakeTime();
        Connect(Browsers);
        double milliseconds = (HandshakeTime() - busy).TotalMilliseconds / Browsers;
        double kibibytes = (Resident() - memory) / 1024.0 / Browsers;
        Tell("handshakes per second and core", 1000 / milliseconds, 800, isLeast: true);
        Tell("KiB per connected browser with one stream each way", kibibytes, 150, isLeast: false);
        return 0;

        void Connect(int count)
        {
            for (int i = 0; i < count; i++)
            {
                var browser = new SimulatedBrowser(plane, room);
                all.Add(browser);
                plane.Agree(browser.Id, browser.Agreement());
                if (plane.Open(new PortRequest(room, new ServiceName("video"), IPAddress.Loopback) { Web = browser.Id }) is not PortOpening.Opened opened)
                    throw new InvalidOperationException("a browser's port could not be opened");
                routes.Add(new MediaRoute(opened.Port, new ParticipantId(i + 1), Muted: false, MediaPreferences.Default));
                browser.Connect();
            }

            plane.Apply(new MediaRoutes(room, routes.Count, [.. routes]));
            // A stream up from each, of which everybody sees some.
            for (ushort number = 1; number < 10; number++)
            {
                foreach (SimulatedBrowser browser in all.TakeLast(count))
                    browser.SendRtp("1", 77, number, "a picture", SimulatedBrowser.Vp8, transport: number);
            }
        }
    }

    private static void Tell(string what, double value, double wanted, bool isLeast) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{((isLeast ? value >= wanted : value <= wanted) ? "met   " : "MISSED")}  {what}: {value:F0}, target {(isLeast ? ">=" : "<=")} {wanted}"));

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static TimeSpan HandshakeTime()
    {
        foreach (string task in Directory.GetDirectories("/proc/self/task"))
        {
            if (File.ReadAllText(Path.Combine(task, "comm")).Trim() == "media-dtls")
                return TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture) / 1000);
        }

        throw new InvalidOperationException("nobody makes handshakes");
    }
}
