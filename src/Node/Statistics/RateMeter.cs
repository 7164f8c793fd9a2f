namespace Conference.Node.Statistics;

/// <summary>Counters that only grow, to what was added a second since the reading before. Not safe for several threads.</summary>
/// <param name="time">Whose clock.</param>
public sealed class RateMeter(TimeProvider time)
{
    private readonly Dictionary<string, double> _before = [];
    private long _at = time.GetTimestamp();
    private double _seconds;

    /// <summary>A new reading begins. Those that follow are as of now.</summary>
    /// <returns>Seconds since the one before.</returns>
    public double Advance()
    {
        long now = time.GetTimestamp();
        _seconds = time.GetElapsedTime(_at, now).TotalSeconds;
        _at = now;
        return _seconds;
    }

    /// <summary>0 at the first reading of a counter, and where it has shrunk: it has begun anew.</summary>
    public double PerSecond(string counter, double value)
    {
        double rate = _before.TryGetValue(counter, out double before) && value > before && _seconds > 0 ? (value - before) / _seconds : 0;
        _before[counter] = value;
        return rate;
    }
}
