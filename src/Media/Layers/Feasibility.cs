using Conference.Media.Forwarding;
using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Whether what a port sends can be made fewer frames a second.</summary>
internal static class Feasibility
{
    private const long Recently = 2 * Clock.Second;

    /// <summary>Frames a second that reach a receiver, of the picture that has most.</summary>
    public static double? RateNow(MediaPort receiver, IEnumerable<MediaPort> senders, long now)
    {
        double? most = null;
        OutgoingTracks? tracks = receiver.Tracks;
        foreach (SourceStream stream in senders.SelectMany(s => s.Sources.Streams()))
        {
            if (stream.Codec == Codecs.Codec.Audio || !stream.Rates.IsMeasured || now - stream.LastHeard > Recently)
                continue;
            OutgoingTrack? track = tracks?.Snapshot.FirstOrDefault(t => t.Origin == stream || (t.Group is not null && t.Group == stream.Group));
            if (track?.IsPaused == true || (track?.Group is not null && track.Current != stream))
                continue;
            most = Math.Max(most ?? 0, track?.RateNow(stream) ?? stream.Rates.UpTo(LayerRates.Layers - 1));
        }

        return most;
    }

    /// <summary>True where frames are understood: they have layers, or keyframes that can be asked for. What is not understood can only pass
    /// whole or not at all, so it must be slow enough already; of what is no RTP nothing is known.</summary>
    public static bool CanThin(MediaPort port, int rate, long now)
    {
        bool any = false;
        foreach (SourceStream stream in port.Sources.Streams())
        {
            if (stream.Codec == Codecs.Codec.Audio || now - stream.LastHeard > Recently)
                continue;
            any = true;
            bool isSlow = stream.Rates.IsMeasured && stream.Rates.UpTo(LayerRates.Layers - 1) <= rate * 1.1;
            if (!stream.HasKnownFrames && !isSlow)
                return false;
        }

        return any || port.LastOpaque < 0 || now - port.LastOpaque > Recently;
    }
}
