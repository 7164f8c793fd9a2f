namespace Conference.Client.Tests.Relay;

/// <summary>What the relay does to each copy of a datagram, by a seeded die; and how often it did.</summary>
public sealed class RelayFaults(int seed, double loss, double duplication, double reordering)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<(object From, object To), byte[]> _held = [];

    public long Lost { get; private set; }

    public long Duplicated { get; private set; }

    public long Reordered { get; private set; }

    /// <summary>Copies still waiting for one to overtake them: lost, when none comes.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
                return _held.Count;
        }
    }

    /// <summary>What goes out for a copy that comes in, in order.</summary>
    public byte[][] Apply(object from, object to, byte[] datagram)
    {
        lock (_lock)
        {
            double die = _random.NextDouble();
            if (die < loss)
            {
                Lost++;
                return [];
            }

            byte[][] now = [datagram];
            if (die < loss + duplication)
            {
                Duplicated++;
                now = [datagram, datagram];
            }
            else if (die < loss + duplication + reordering && !_held.ContainsKey((from, to)))
            {
                _held.Add((from, to), datagram);
                return [];
            }

            if (!_held.Remove((from, to), out byte[]? held))
                return now;
            Reordered++;
            return [.. now, held];
        }
    }
}
