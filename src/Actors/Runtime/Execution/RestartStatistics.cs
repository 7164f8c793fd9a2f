namespace Conference.Actors.Runtime.Execution;

/// <summary>How often one child was restarted lately. The window opens with its first restart and again with the first after it closed.</summary>
internal sealed class RestartStatistics(TimeProvider time)
{
    private int _count;
    private long? _windowStart;

    internal bool RequestPermission(int maxNrOfRetries, TimeSpan? withinTimeRange)
    {
        if (maxNrOfRetries < 0)
            return true;
        if (withinTimeRange is { } window)
        {
            _windowStart ??= time.GetTimestamp();
            if (time.GetElapsedTime(_windowStart.Value) > window)
            {
                _windowStart = time.GetTimestamp();
                _count = 0;
            }
        }
        return ++_count <= maxNrOfRetries;
    }
}
