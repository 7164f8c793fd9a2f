using System.Collections.Concurrent;
using System.Diagnostics;
using Conference.Actors.Calls;

namespace Conference.Node.Store;

/// <summary>
/// What was found in the store of late: believed for a second, and for a minute while the store is away, so that whoever is at work goes on. Safe from any thread.
/// </summary>
/// <param name="read">Looks in the store; null for what is not there, which is looked for anew each time.</param>
internal sealed class StoreMemory<TKey, TValue>(Func<TKey, CancellationToken, Task<TValue?>> read)
    where TKey : notnull
    where TValue : class
{
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1), _known = TimeSpan.FromMinutes(1);

    /// <summary>Beyond this, all are looked up again.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<TKey, (TValue Value, long At)> _found = [];

    /// <summary>Was there within the last minute.</summary>
    public bool Knows(TKey key) => _found.TryGetValue(key, out var found) && Age(found.At) < _known;

    /// <exception cref="StoreUnavailableException">The store is away, and this is not known.</exception>
    public async Task<TValue?> FindAsync(TKey key, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(key, out var found) && Age(found.At) < _fresh)
            return found.Value;
        try
        {
            return await ReadAsync(key, cancellationToken);
        }
        catch (StoreUnavailableException) when (found.Value is not null && Age(found.At) < _known)
        {
            return found.Value;
        }
    }

    /// <summary>As it is in the store now, whatever is known.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<TValue?> ReadAsync(TKey key, CancellationToken cancellationToken)
    {
        long now = Stopwatch.GetTimestamp();
        var value = await read(key, cancellationToken);
        if (_found.Count >= Most)
            _found.Clear();
        if (value is null)
            _found.TryRemove(key, out _);
        else
            _found[key] = (value, now);
        return value;
    }

    public void Forget(TKey key) => _found.TryRemove(key, out _);

    public void Forget(Predicate<TValue> isMeant)
    {
        foreach (var (key, found) in _found)
        {
            if (isMeant(found.Value))
                _found.TryRemove(key, out _);
        }
    }

    private static TimeSpan Age(long at) => Stopwatch.GetElapsedTime(at);
}
