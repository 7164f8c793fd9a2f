namespace Conference.Media.Streams;

/// <summary>What has become of a sequence number.</summary>
internal enum Fate : byte
{
    /// <summary>Not seen; its outgoing number is kept for it.</summary>
    Awaited,

    Sent,

    /// <summary>Held back in time: no number was spent on it.</summary>
    Dropped,

    /// <summary>Held back after a number had been kept for it: the receiver sees a hole, unless something fills it.</summary>
    Void,
}

/// <summary>
/// Sequence numbers of one source as one receiver sees them: gapless over what is held back, in the order of the source over
/// what is late. Remembers a bounded window.
/// </summary>
/// <remarks>Outgoing numbers never fall while incoming ones grow, so the way back (for NACKs) is a binary search.</remarks>
internal sealed class SequenceMap
{
    public const int Window = 512;

    private readonly ushort[] _out = new ushort[Window];
    private readonly Fate[] _fate = new Fate[Window];
    private ushort _highest;
    private ushort _offset;
    private int _known;
    private int _expectedAfterJump = -1;

    /// <summary>The number the next packet in order will get.</summary>
    public ushort Next => (ushort)(_highest + 1 - _offset);

    public bool IsStarted { get; private set; }

    public ushort Highest => _highest;

    /// <summary>Goes on at another place of the source: <paramref name="sequence"/> will get the next outgoing number.</summary>
    /// <param name="next">The next outgoing number.</param>
    public void Restart(ushort sequence, ushort next)
    {
        IsStarted = true;
        _highest = (ushort)(sequence - 1);
        _offset = (ushort)(sequence - next);
        _known = 0;
        _expectedAfterJump = -1;
    }

    /// <summary>True for a number beyond all that were seen, or one that starts the map.</summary>
    public bool IsAhead(ushort sequence) => !IsStarted || (short)(sequence - _highest) > 0;

    /// <summary>Whether a number can still be placed. One that cannot is a straggler of long ago or a sender that has begun anew; the second
    /// in a row of those is taken for the latter, and the map goes on from there.</summary>
    /// <param name="isKeyframe">It begins a keyframe, which is proof enough.</param>
    public bool Admit(ushort sequence, bool isKeyframe)
    {
        if (!IsStarted)
        {
            Restart(sequence, sequence);
            return true;
        }

        int step = (short)(sequence - _highest);
        if (step > -_known && step <= Window)
            return true;
        if (step is <= 0 and > -Window)
            return false;
        if (isKeyframe || sequence == _expectedAfterJump)
        {
            Restart(sequence, Next);
            return true;
        }

        _expectedAfterJump = (ushort)(sequence + 1);
        return false;
    }

    /// <summary>Decides for an admitted number.</summary>
    /// <param name="sequence">Which.</param>
    /// <param name="forward">Send it on.</param>
    /// <param name="gapIsDropped">What is missing before it belongs to what is held back.</param>
    /// <param name="outgoing">Its number for the receiver; also for a <see cref="Fate.Void"/>.</param>
    /// <returns>What is to be done with this packet; <see cref="Fate.Dropped"/> for duplicates too.</returns>
    public Fate Decide(ushort sequence, bool forward, bool gapIsDropped, out ushort outgoing)
    {
        int step = (short)(sequence - _highest);
        if (step <= 0)
            return DecideLate(sequence, forward, out outgoing);
        for (; step > 1; step--)
            Push(gapIsDropped ? Fate.Dropped : Fate.Awaited);
        outgoing = Next;
        Push(forward ? Fate.Sent : Fate.Dropped);
        return forward ? Fate.Sent : Fate.Dropped;
    }

    /// <summary>The source's number of what the receiver knows under another.</summary>
    public bool TryInvert(ushort outgoing, out ushort sequence)
    {
        sequence = 0;
        // The last one that is not beyond what is looked for: what was dropped shares its number with what followed.
        int low = 0;
        int high = _known;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if ((short)(_out[(ushort)(_highest - middle) % Window] - outgoing) > 0)
                low = middle + 1;
            else
                high = middle;
        }

        if (low >= _known)
            return false;
        sequence = (ushort)(_highest - low);
        return _out[sequence % Window] == outgoing && _fate[sequence % Window] is Fate.Sent or Fate.Awaited;
    }

    private Fate DecideLate(ushort sequence, bool forward, out ushort outgoing)
    {
        int slot = sequence % Window;
        outgoing = _out[slot];
        if ((short)(_highest - sequence) >= _known || _fate[slot] != Fate.Awaited)
            return Fate.Dropped;
        return _fate[slot] = forward ? Fate.Sent : Fate.Void;
    }

    private void Push(Fate fate)
    {
        ushort outgoing = Next;
        _highest++;
        if (fate == Fate.Dropped)
            _offset++;
        int slot = _highest % Window;
        (_out[slot], _fate[slot]) = (outgoing, fate);
        _known = Math.Min(Window, _known + 1);
    }
}
