using System.Diagnostics;

namespace Conference.Node.Webhooks;

/// <summary>Deliveries of which each waits for the one before: those of one room to one receiver. The first are in memory, the others in the table.</summary>
internal sealed class DeliveryLane(LaneName name, DeliveryReceiver receiver)
{
    /// <summary>In memory, at most.</summary>
    public const int Most = 20;

    /// <summary>How long what was read is believed: a webhook that was changed or removed is told nothing more by then.</summary>
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private readonly Queue<Delivery> _next = [];

    /// <summary>When the first of them was read.</summary>
    private long _readAt;

    /// <summary>The place of the last that is in memory, or was.</summary>
    private DeliveryPlace _tail;

    /// <summary>The place of the last that is over and done with.</summary>
    private DeliveryPlace _done;

    public LaneName Name => name;

    public DeliveryReceiver Receiver => receiver;

    /// <summary>There are more in the table, or may be.</summary>
    public bool HasMore { get; private set; }

    /// <summary>It waits: the first of it failed, or is under way.</summary>
    public bool IsHeld { get; set; }

    /// <summary>It is in its receiver's queue.</summary>
    public bool IsListed { get; set; }

    public bool IsEmpty => _next.Count == 0 && !HasMore;

    /// <summary>Where to look in the table; null while there is something in memory.</summary>
    public DeliveryPlace? LookAfter => _next.Count == 0 && HasMore ? _done : null;

    /// <summary>Found in the table, in order.</summary>
    public void Add(Delivery delivery)
    {
        if (!(delivery.Place > _tail))
            return;
        if (HasMore || receiver.IsAiling || _next.Count == Most)
        {
            HasMore = true;
            return;
        }

        _tail = delivery.Place;
        if (_next.Count == 0)
            _readAt = Stopwatch.GetTimestamp();
        _next.Enqueue(delivery);
    }

    /// <summary>What the table has after <see cref="LookAfter"/>.</summary>
    /// <param name="found">At most <see cref="Most"/>.</param>
    public void Fill(IReadOnlyList<Delivery> found)
    {
        HasMore = found.Count == Most;
        _readAt = Stopwatch.GetTimestamp();
        foreach (var delivery in found)
        {
            _tail = delivery.Place > _tail ? delivery.Place : _tail;
            _next.Enqueue(delivery);
        }
    }

    /// <summary>What waits too long in memory is read anew.</summary>
    public void Refresh()
    {
        if (_next.Count > 0 && Stopwatch.GetElapsedTime(_readAt) > _fresh)
            PutBack();
    }

    public Delivery Take()
    {
        IsHeld = true;
        return _next.Dequeue();
    }

    /// <summary>The one that was taken is done with, and the next may go.</summary>
    public void Pass(DeliveryPlace place)
    {
        IsHeld = false;
        _done = place;
    }

    /// <summary>The one that was taken is to be taken again: all is read anew.</summary>
    public void PutBack()
    {
        _next.Clear();
        HasMore = true;
    }
}

/// <summary>One webhook, as far as something waits for it.</summary>
internal sealed class DeliveryReceiver
{
    /// <summary>Lanes that could go on.</summary>
    public Queue<DeliveryLane> Ready { get; } = [];

    public int UnderWay { get; set; }

    /// <summary>The last it was sent failed: it gets a place only where those who answer leave one.</summary>
    public bool IsAiling { get; set; }

    /// <summary>While it ails: when it may be asked next, as a time stamp.</summary>
    public long NotBefore { get; set; }

    public bool IsListed { get; set; }

    public int Lanes { get; set; }
}
