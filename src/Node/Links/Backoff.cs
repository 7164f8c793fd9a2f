namespace Conference.Node.Links;

/// <summary>How long to wait before the next try: doubled with each, and spread, so that nodes that failed together do not come together.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan last, Random random)
{
    private int _failures;

    /// <returns>Between half of the step and the step.</returns>
    public TimeSpan Next()
    {
        // Long before 30 doublings any step is beyond the last.
        var step = first * (1 << Math.Min(_failures++, 30));
        return (step < last ? step : last) * (0.5 + (random.NextDouble() / 2));
    }

    public void Reset() => _failures = 0;
}
