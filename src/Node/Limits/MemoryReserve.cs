namespace Conference.Node.Limits;

/// <summary>
/// Whether there is memory for more clients. .NET ends a process whose heap is at its limit, and every call with it: three quarters of what its container may have, or
/// <c>DOTNET_GCHeapHardLimit</c>. So the last quarter of that is for those who are in. Safe from any thread.
/// </summary>
/// <param name="read">What the heap takes and what it may take, in bytes.</param>
/// <param name="collect">Looks for what is no longer used, without waiting for it.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when it begins and when it ends.</param>
public sealed class MemoryReserve(Func<(long Used, long Limit)> read, Action collect, TimeProvider time, ILogger<MemoryReserve> log)
{
    private const double OfClients = 0.75;

    /// <summary>Where nobody is let in nothing is allocated, and so nothing would be found free.</summary>
    private static readonly TimeSpan _betweenCollections = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    // Both are guarded by _gate.
    private bool _isShort;
    private long? _collected;

    /// <summary>That of this process.</summary>
    public static MemoryReserve OfProcess(ILogger<MemoryReserve> log) => new(
        () =>
        {
            var heap = GC.GetGCMemoryInfo(GCKind.Any);
            return (heap.HeapSizeBytes, heap.TotalAvailableMemoryBytes);
        },
        () => GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false), TimeProvider.System, log);

    /// <returns>True where nobody new is to be let in.</returns>
    public bool IsShort()
    {
        var (used, limit) = read();
        lock (_gate)
        {
            bool wasShort = _isShort;
            _isShort = used >= limit * OfClients;
            if (_isShort && !wasShort)
                LimitsLog.MemoryShort(log, used, limit);
            else if (!_isShort && wasShort)
                LimitsLog.MemoryBack(log);
            if (!_isShort || (_collected is { } at && time.GetElapsedTime(at) < _betweenCollections))
                return _isShort;
            _collected = time.GetTimestamp();
        }

        collect();
        return true;
    }
}
