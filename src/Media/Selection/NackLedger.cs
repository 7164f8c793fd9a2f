namespace Conference.Media.Selection;

/// <summary>What one receiver has been sent again: every packet twice at most, and a bounded number a second.</summary>
internal sealed class NackLedger
{
    public const int MostPerPacket = 2;
    public const int MostPerSecond = 500;
    private const int Slots = 1024;

    private readonly (uint Ssrc, ushort Sequence, byte Times)[] _sent = new (uint, ushort, byte)[Slots];
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
            slot = (ssrc, sequence, 0);
        if (slot.Times == MostPerPacket)
            return false;
        slot.Times++;
        _tokens--;
        return true;
    }
}
