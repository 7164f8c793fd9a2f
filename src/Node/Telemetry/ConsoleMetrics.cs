using System.Diagnostics.Metrics;
using Conference.Node.Http.Events;

namespace Conference.Node.Telemetry;

/// <summary>Those who watch the event stream.</summary>
public sealed class ConsoleMetrics
{
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _closed;

    public ConsoleMetrics(Meter meter, EventFrames frames)
    {
        meter.CreateObservableGauge("conference_console_viewers", () => frames.Viewers, description: "Connections that watch the event stream.");
        _skipped = meter.CreateCounter<long>("conference_console_frames_skipped", description: "Frames of the event stream that a viewer was too slow for.").FromZero();
        _closed = meter.CreateCounter<long>("conference_console_viewers_closed", description: "Viewers turned away or cut off, by reason.").FromZero("reason", ["slow", "full"]);
    }

    public void Skipped(long frames)
    {
        if (frames > 0)
            _skipped.Add(frames);
    }

    public void Closed(string reason) => _closed.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
