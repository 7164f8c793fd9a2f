using Conference.Media.Streams;

namespace Conference.Media.Web;

/// <summary>
/// Which packets of one source have not come, and when to ask for them. What is sent again is taken only if it is missing: browsers send
/// old packets again just to see what the path takes.
/// </summary>
internal sealed class MissingNumbers
{
    /// <summary>What is only late has come by then.</summary>
    public const long Patience = 40 * Clock.Millisecond;

    /// <summary>Between one question and the next: what was asked for has come by then.</summary>
    public const long Pause = 100 * Clock.Millisecond;

    public const int MostQuestions = 5;

    /// <summary>Remembered at a time. Where more is missing, a keyframe helps, and a NACK does not.</summary>
    public const int Most = 128;

    /// <summary>Nobody waits longer for a picture.</summary>
    private const long Lifetime = Clock.Second;

    private readonly Entry[] _missing = new Entry[Most];
    private int _count;
    private ushort _highest;
    private bool _isStarted;

    /// <summary>How many.</summary>
    public int Count => _count;

    /// <summary>A packet of the source itself has come.</summary>
    public void Arrived(ushort sequence, long now)
    {
        int step = (short)(sequence - _highest);
        if (!_isStarted || Math.Abs(step) > Most)
        {
            // It begins, or begins anew.
            (_isStarted, _count) = (true, 0);
        }
        else if (step <= 0)
        {
            TryFill(sequence);
            return;
        }
        else
        {
            Forget(now);
            for (int missing = 1; missing < step && _count < Most; missing++)
                _missing[_count++] = new Entry((ushort)(_highest + missing), now, now + Patience - Pause, 0);
        }

        _highest = sequence;
    }

    /// <summary>What was sent again has come.</summary>
    /// <returns>True where it is missing, which it is no more.</returns>
    public bool TryFill(ushort sequence)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_missing[i].Sequence != sequence)
                continue;
            RemoveAt(i);
            return true;
        }

        return false;
    }

    /// <summary>What to ask for now, in order of numbers; it is then taken for asked.</summary>
    /// <returns>How many.</returns>
    public int Ask(long now, Span<ushort> into)
    {
        Forget(now);
        int asked = 0;
        foreach (ref Entry entry in _missing.AsSpan(0, _count))
        {
            if (asked == into.Length)
                break;
            if (now - entry.AskedAt < Pause || entry.Questions == MostQuestions)
                continue;
            entry = entry with { AskedAt = now, Questions = (byte)(entry.Questions + 1) };
            into[asked++] = entry.Sequence;
        }

        return asked;
    }

    private void Forget(long now)
    {
        while (_count > 0 && now - _missing[0].Since > Lifetime)
            RemoveAt(0);
    }

    private void RemoveAt(int index)
    {
        _missing.AsSpan((index + 1)..(_count)).CopyTo(_missing.AsSpan(index));
        _count--;
    }

    private readonly record struct Entry(ushort Sequence, long Since, long AskedAt, byte Questions);
}
