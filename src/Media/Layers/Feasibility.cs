using Conference.Media.Codecs;
using Conference.Media.Forwarding;
using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>Whether what others send can be made fewer frames a second, and how many reach a receiver now.</summary>
internal static class Feasibility
{
    private const long Recently = 2 * Clock.Second;
    private const int Whole = LayerRates.Layers - 1;

    /// <summary>Frames a second that reach a receiver, of the picture that has most. What is no picture as far as anybody can tell counts only
    /// where nothing else comes.</summary>
    public static double? RateNow(MediaPort receiver, IEnumerable<MediaPort> senders, long now)
    {
        double? most = null;
        double? mostUnknown = null;
        OutgoingTracks? tracks = receiver.Tracks;
        foreach (SourceStream stream in Flowing(senders, now).Where(s => s.Rates.IsMeasured))
        {
            OutgoingTrack? track = tracks?.Snapshot.FirstOrDefault(t => t.Origin == stream || (t.Group is not null && t.Group == stream.Group));
            if (track?.IsPaused == true || (track?.Group is not null && track.Current != stream))
                continue;
            double rate = track?.RateNow(now) ?? stream.Rates.UpTo(Whole);
            if (stream.HasKnownFrames)
                most = Math.Max(most ?? 0, rate);
            else
                mostUnknown = Math.Max(mostUnknown ?? 0, rate);
        }

        return most ?? mostUnknown;
    }

    /// <summary>False where something flows and nothing of it can be thinned. Beside a picture that can be, anything may flow: retransmissions,
    /// error correction and probes are no pictures, and pass whole.</summary>
    public static bool CanThin(IReadOnlyCollection<MediaPort> senders, int rate, long now)
    {
        bool anyCannot = senders.Any(p => p.LastOpaque >= 0 && now - p.LastOpaque <= Recently);
        foreach (SourceStream stream in Flowing(senders, now))
        {
            if (CanThin(stream, rate, now))
                return true;
            anyCannot = true;
        }

        return !anyCannot;
    }

    /// <summary>True where frames are understood and the sender gives the keyframes it takes, or where they are few enough already; and of
    /// what has only begun, which may turn out to be so.</summary>
    private static bool CanThin(SourceStream stream, int rate, long now)
    {
        if (stream.Rates.IsMeasured && stream.Rates.UpTo(Whole) <= rate * 1.1)
            return true;
        if (!stream.HasKnownFrames)
            return stream.Codec != Codec.Unknown;
        return !stream.Rates.IsMeasured || stream.Rates.LayerWithin(rate) >= 0 || !stream.Supply.IsHopeless(now);
    }

    private static IEnumerable<SourceStream> Flowing(IEnumerable<MediaPort> senders, long now) =>
        senders.SelectMany(s => s.Sources.Streams()).Where(s => s.Codec != Codec.Audio && s.HasPayload && now - s.LastHeard <= Recently);
}
