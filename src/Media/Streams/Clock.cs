namespace Conference.Media.Streams;

/// <summary>Times in selection are microseconds of one clock that only moves forward.</summary>
internal static class Clock
{
    public const long Millisecond = 1000;
    public const long Second = 1000 * Millisecond;

    /// <summary>RTP ticks a second of every video payload format here.</summary>
    public const int VideoRate = 90_000;
}
