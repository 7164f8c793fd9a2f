namespace Conference.Media.Streams;

/// <summary>What arrived of one source: RFC 3550 appendix A.1 (extended sequence numbers), A.3 (loss) and A.8 (jitter).</summary>
internal struct ReceptionStatistics
{
    // RFC 3550 appendix A.1.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 100;

    public long Packets;
    public long Bytes;
    public ushort Highest;

    private long _cycles;
    private long _base;
    private long _lostBefore;
    private int _badSequence;
    private double _jitter;
    private long _transit;
    private long _windowStart;
    private long _windowBytes;
    private long _windowExpected;
    private long _windowPackets;

    /// <summary>Never below zero: duplicates count as received.</summary>
    public readonly long Lost => Math.Max(0, _lostBefore + Expected - Received);

    /// <summary>Of the last whole second.</summary>
    public double KilobitsPerSecond;

    /// <summary>0 to 1, of the last whole second: what never reached this server.</summary>
    public double RecentLoss;

    private long Received;

    private readonly long Expected => _cycles + Highest - _base + 1;

    public readonly double JitterTicks => _jitter;

    public void Packet(ushort sequence, uint timestamp, int bytes, int clockRate, long now)
    {
        Bytes += bytes;
        _windowBytes += bytes;
        if (Packets++ == 0)
            Rebase(sequence, now);
        else
            Follow(sequence);
        Received++;
        Jitter(timestamp, clockRate, now);
        if (now - _windowStart >= Clock.Second)
            CloseWindow(now);
    }

    private void Follow(ushort sequence)
    {
        int step = (ushort)(sequence - Highest);
        if (step == 0)
            return;
        if (step < MaxDropout)
        {
            if (sequence < Highest)
                _cycles += 65536;
            Highest = sequence;
        }
        else if (step <= 65536 - MaxMisorder)
        {
            // Two in a row at a new place: the sender has started again.
            if (sequence == _badSequence)
            {
                _lostBefore = Lost;
                Received = 0;
                (_cycles, _base, Highest, _badSequence) = (0, sequence, sequence, -1);
                (_windowExpected, _windowPackets) = (0, 0);
            }
            else
            {
                _badSequence = (ushort)(sequence + 1);
            }
        }
    }

    private void Rebase(ushort sequence, long now)
    {
        (Highest, _base, _badSequence, _windowStart) = (sequence, sequence, -1, now);
    }

    private void Jitter(uint timestamp, int clockRate, long now)
    {
        long transit = (uint)(now * clockRate / Clock.Second) - (long)timestamp;
        if (Packets > 1)
        {
            // As a double first: half of all timestamps away is the one number that has no absolute value among integers.
            double change = Math.Abs((double)(int)(uint)(transit - _transit));
            // A clock that was set is no jitter.
            if (change < clockRate)
                _jitter += (change - _jitter) / 16;
        }

        _transit = transit;
    }

    private void CloseWindow(long now)
    {
        double seconds = (now - _windowStart) / (double)Clock.Second;
        KilobitsPerSecond = _windowBytes * 8 / 1000.0 / seconds;
        long expected = Expected - _windowExpected;
        long received = Received - _windowPackets;
        RecentLoss = expected > 0 ? Math.Clamp(1 - (double)received / expected, 0, 1) : 0;
        (_windowStart, _windowBytes, _windowExpected, _windowPackets) = (now, 0, Expected, Received);
    }
}
