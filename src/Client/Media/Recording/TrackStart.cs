namespace Conference.Client.Media.Recording;

/// <summary>The first packet of a track, by two clocks.</summary>
/// <param name="Timestamp">Its RTP timestamp.</param>
/// <param name="ClockRate">Timestamp units per second.</param>
/// <param name="Arrival">When it came, in seconds of this machine's clock.</param>
/// <param name="Sent">When it was made, in seconds of its sender's clock, by its sender reports; null before one has come.</param>
internal readonly record struct TrackStart(uint Timestamp, int ClockRate, double Arrival, double? Sent)
{
    /// <summary>By how much the two clocks may seem to run apart between tracks of one member: beyond, a report is not believed, seconds.</summary>
    private const double Believable = 3;

    /// <summary>The moment at which the first of a member's tracks begins, as each of them counts it: a file has its zero there, and its tracks are in step.</summary>
    /// <remarks>By the sender's clock where every track has a report: what was captured together is played together, however long one of them took to encode. By
    /// arrival otherwise.</remarks>
    /// <returns>For each track, its RTP timestamp and, where reports are believed, the sender's time.</returns>
    public static IReadOnlyList<(uint Timestamp, double? Sent)> Common(IReadOnlyList<TrackStart> tracks)
    {
        bool byReports = tracks.All(t => t.Sent is { } sent && Math.Abs(sent - t.Arrival - (tracks[0].Sent!.Value - tracks[0].Arrival)) < Believable);
        double first = tracks.Min(t => byReports ? t.Sent!.Value : t.Arrival);
        return [.. tracks.Select(t => (t.Before((byReports ? t.Sent!.Value : t.Arrival) - first), byReports ? first : (double?)null))];
    }

    private uint Before(double seconds) => Timestamp - (uint)(long)Math.Round(seconds * ClockRate);
}
