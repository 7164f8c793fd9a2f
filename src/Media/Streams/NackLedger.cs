namespace Conference.Media.Streams;

/// <summary>What one receiver has been sent again, or one node was asked for again: every packet a few times at most, and a bounded number a
/// second.</summary>
/// <param name="most">Times for one packet. A receiver behind a path that loses every twentieth packet loses as many of those that are sent again.</param>
/// <param name="pause">Microseconds between two times. 0 where the other side knows best when it has waited long enough.</param>
internal sealed class NackLedger(int most = NackLedger.MostPerPacket, long pause = 0)
{
    public const int MostPerPacket = 5;
    public const int MostPerSecond = 500;
    private const int Slots = 1024;

    private readonly (uint Ssrc, ushort Sequence, byte Times, long At)[] _sent = new (uint, ushort, byte, long)[Slots];
    private double _tokens = MostPerSecond;
    private long _filled;

    /// <summary>True when this packet may be sent (again), which is then remembered.</summary>
    public bool Spend(uint ssrc, ushort sequence, long now)
    {
        _tokens = Math.Min(MostPerSecond, _tokens + ((double)(now - _filled) * MostPerSecond / Clock.Second));
        _filled = now;
        if (_tokens < 1)
            return false;
        ref var slot = ref _sent[((ssrc * 0x9E37_79B1) + sequence) % Slots];
        if (slot.Ssrc != ssrc || slot.Sequence != sequence)
            slot = (ssrc, sequence, 0, now - pause);
        if (slot.Times == most || now - slot.At < pause)
            return false;
        (slot.Times, slot.At) = ((byte)(slot.Times + 1), now);
        _tokens--;
        return true;
    }
}
