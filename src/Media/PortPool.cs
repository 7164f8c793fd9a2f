using System.Net;

namespace Conference.Media;

/// <summary>
/// The pool of UDP port numbers. A number is shared between clients with different addresses, so that the pool runs out for
/// one address only, never for everybody. Not safe for concurrent use: its owner holds a lock.
/// </summary>
/// <remarks>
/// Numbers stand in queues by use count: the head of the first non-empty queue is the least used number, and among equals the
/// one given back longest ago. An address skips what it holds or has just used; both are rare at the head, and when the pool
/// holds nothing else for it, its own queue of cooling numbers answers at once. Nothing scans the pool while it has a choice.
/// </remarks>
internal sealed class PortPool
{
    private readonly int _first;
    private readonly TimeSpan _coolDown;
    private readonly NumberQueues _queues;
    private readonly Dictionary<AddressKey, AddressUse> _addresses = [];

    // Every cool-down has the same length, so the order of release is the order of expiry.
    private readonly Queue<(TimeSpan Since, AddressKey Address, int Index)> _cooling = new();

    // Numbers the operating system refused; the longest refused is tried again when nothing else is left, or in its time.
    private readonly LinkedList<(TimeSpan Since, int Index)> _aside = new();

    /// <summary>How long a number that could not be bound is left alone.</summary>
    public static readonly TimeSpan AsideFor = TimeSpan.FromSeconds(60);

    public PortPool(int first, int last, TimeSpan coolDown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        _first = first;
        _coolDown = coolDown;
        _queues = new NumberQueues(last - first + 1);
    }

    public int Size => _queues.Size;

    /// <summary>Numbers that no CONN uses and the operating system has not refused.</summary>
    public int Free => _queues.Free;

    /// <summary>Numbers put aside because they could not be bound.</summary>
    public int Aside => _aside.Count;

    /// <summary>Addresses that hold or have just held a number: what the pool remembers, and nothing more.</summary>
    public int Remembered => _addresses.Count;

    /// <summary>The most numbers one address holds. A walk over all addresses.</summary>
    public int MostHeld => _addresses.Count == 0 ? 0 : _addresses.Values.Max(u => u.Held.Count);

    /// <summary>The least used number this address does not use, or null when it uses all of them.</summary>
    /// <param name="now">Time since any fixed moment; must not go back.</param>
    public int? Take(IPAddress address, TimeSpan now)
    {
        Expire(now);
        AddressKey key = AddressKey.From(address);
        AddressUse use = UseOf(key);
        if (use.Held.Count == Size)
            return null;

        int index = FindUnused(use) ?? use.LongestCooling(_queues) ?? ReturnLongestAside(use);
        use.Cooling.Remove(index);
        use.Held.Add(index);
        _queues.Raise(index);
        return _first + index;
    }

    /// <summary>Gives a number back; it cools down before the same address gets it again.</summary>
    public void Release(IPAddress address, int number, TimeSpan now)
    {
        Expire(now);
        AddressKey key = AddressKey.From(address);
        int index = number - _first;
        if (!_addresses.TryGetValue(key, out AddressUse? use) || !use.Held.Remove(index))
            return;
        _queues.Lower(index);
        if (_coolDown > TimeSpan.Zero)
        {
            use.Cool(index, now);
            _cooling.Enqueue((now, key, index));
        }

        Forget(key, use);
    }

    /// <summary>Undoes a <see cref="Take"/> whose number the operating system refused, and leaves that number alone for a while.</summary>
    public void PutAside(IPAddress address, int number, TimeSpan now)
    {
        AddressKey key = AddressKey.From(address);
        int index = number - _first;
        if (!_addresses.TryGetValue(key, out AddressUse? use) || !use.Held.Remove(index))
            return;
        _queues.Lower(index);
        _queues.TakeOut(index);
        _aside.AddLast((now, index));
        Forget(key, use);
    }

    private int? FindUnused(AddressUse use)
    {
        // Held and cooling numbers are distinct: when they are all there is (but those aside), there is nothing to look for.
        if (use.Held.Count + use.Cooling.Count >= Size)
            return null;
        for (int index = _queues.First(); index >= 0; index = _queues.Next(index))
        {
            if (!use.Held.Contains(index) && !use.Cooling.ContainsKey(index))
                return index;
        }

        return null;
    }

    private int ReturnLongestAside(AddressUse use)
    {
        for (LinkedListNode<(TimeSpan Since, int Index)>? node = _aside.First; node is not null; node = node.Next)
        {
            if (use.Held.Contains(node.Value.Index))
                continue;
            _aside.Remove(node);
            _queues.PutIn(node.Value.Index);
            return node.Value.Index;
        }

        throw new InvalidOperationException("A number is neither held, nor queued, nor aside.");
    }

    private void Expire(TimeSpan now)
    {
        while (_cooling.TryPeek(out var oldest) && now - oldest.Since >= _coolDown)
        {
            _cooling.Dequeue();
            if (_addresses.TryGetValue(oldest.Address, out AddressUse? use))
            {
                use.EndCooling(oldest.Index, oldest.Since);
                Forget(oldest.Address, use);
            }
        }

        while (_aside.First is { } node && now - node.Value.Since >= AsideFor)
        {
            _aside.RemoveFirst();
            _queues.PutIn(node.Value.Index);
        }
    }

    private AddressUse UseOf(AddressKey key)
    {
        if (!_addresses.TryGetValue(key, out AddressUse? use))
            _addresses.Add(key, use = new AddressUse());
        return use;
    }

    private void Forget(AddressKey key, AddressUse use)
    {
        if (use.Held.Count == 0 && use.Cooling.Count == 0)
            _addresses.Remove(key);
    }

    /// <summary>What one address uses and has just used.</summary>
    private sealed class AddressUse
    {
        private readonly Queue<(TimeSpan Since, int Index)> _order = new();

        public HashSet<int> Held { get; } = [];

        public Dictionary<int, TimeSpan> Cooling { get; } = [];

        public void Cool(int index, TimeSpan since)
        {
            Cooling[index] = since;
            _order.Enqueue((since, index));
        }

        public void EndCooling(int index, TimeSpan since)
        {
            if (Cooling.TryGetValue(index, out TimeSpan current) && current == since)
                Cooling.Remove(index);
            DropStale();
        }

        public int? LongestCooling(NumberQueues queues)
        {
            DropStale();
            // Almost always the first: only a number that was put aside since is passed over.
            foreach ((TimeSpan since, int index) in _order)
            {
                if (Cooling.TryGetValue(index, out TimeSpan current) && current == since && queues.IsIn(index))
                    return index;
            }

            return null;
        }

        // A number taken again before its time leaves its old entry behind; it goes when it reaches the front.
        private void DropStale()
        {
            while (_order.TryPeek(out var head) && !(Cooling.TryGetValue(head.Index, out TimeSpan at) && at == head.Since))
                _order.Dequeue();
        }
    }
}
