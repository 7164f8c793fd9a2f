using System.Net.NetworkInformation;

namespace Conference.Bench.Media;

/// <summary>GStreamer's fan-out element behind its UDP source.</summary>
internal sealed class MultiUdpSink() : Contestant("multiudpsink")
{
    public override string? Missing => NativeTools.Has("gst-launch-1.0") ? null : "not installed (Debian: gstreamer1.0-tools, gstreamer1.0-plugins-good)";

    public override Running Start(int receivers)
    {
        string clients = string.Join(',', Enumerable.Range(SinkPort, receivers).Select(p => $"127.0.0.1:{p}"));
        Pinned process = Pinned.Start(
            NativeTools.MeasuredCore, "gst-launch-1.0", endsWithInput: false,
            [
                "-q", "udpsrc", "address=127.0.0.1", $"port={EntryPort}", "buffer-size=4194304",
                "!", "multiudpsink", "sync=false", "async=false", "buffer-size=4194304", $"clients={clients}",
            ]);
        WaitFor(process, EntryPort);
        return new Running(process, EntryPort, latches: null);
    }

    /// <summary>Until somebody listens there.</summary>
    public static void WaitFor(Pinned process, int port)
    {
        for (int i = 0; i < 100; i++)
        {
            if (IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Any(l => l.Port == port))
                return;
            if (process.HasEnded)
                break;
            Thread.Sleep(100);
        }

        process.Dispose();
        throw new InvalidOperationException($"nothing listens on UDP {port}: {process.LastWords}");
    }
}
