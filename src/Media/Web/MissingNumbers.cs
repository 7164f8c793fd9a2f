using Conference.Media.Streams;

namespace Conference.Media.Web;

/// <summary>
/// Which packets of one source have not come, and when to ask for them. What is sent again is taken only if it is missing: browsers send
/// old packets again just to see what the path takes.
/// </summary>
internal sealed class MissingNumbers
{
    /// <summary>What is only late has come by then.</summary>
    public const long Patience = 20 * Clock.Millisecond;

    public const long LeastPause = 20 * Clock.Millisecond, FirstPause = 100 * Clock.Millisecond, MostPause = 300 * Clock.Millisecond;

    public const int MostQuestions = 10;

    /// <summary>Remembered at a time. Where more is missing, a keyframe helps, and a NACK does not.</summary>
    public const int Most = 128;

    /// <summary>Nobody waits longer for a picture.</summary>
    private const long Lifetime = Clock.Second;

    /// <summary>Of the time that answers have taken: how much the latest changes it.</summary>
    private const double Smoothing = 0.125;

    private readonly Entry[] _missing = new Entry[Most];
    private double _answerTakes;
    private int _count;
    private ushort _highest;
    private bool _isStarted;

    /// <summary>How many.</summary>
    public int Count => _count;

    /// <summary>Between one question and the next: half as long again as answers take.</summary>
    public long Pause { get; private set; } = FirstPause;

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
            TryRemove(sequence, out _);
            return;
        }
        else
        {
            Forget(now);
            for (int missing = 1; missing < step && _count < Most; missing++)
                _missing[_count++] = new Entry((ushort)(_highest + missing), now, now + Patience, 0, 0);
        }

        _highest = sequence;
    }

    /// <summary>What was sent again has come.</summary>
    /// <returns>True where it is missing, which it is no more.</returns>
    public bool TryFill(ushort sequence, long now)
    {
        if (!TryRemove(sequence, out Entry entry))
            return false;
        // Of several questions nobody knows which was answered.
        if (entry.Questions == 1)
        {
            double took = now - entry.AskedAt;
            _answerTakes = _answerTakes == 0 ? took : _answerTakes + (Smoothing * (took - _answerTakes));
            Pause = Math.Clamp((long)(1.5 * _answerTakes), LeastPause, MostPause);
        }

        return true;
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
            if (now < entry.DueAt || entry.Questions == MostQuestions)
                continue;
            entry = entry with { AskedAt = now, DueAt = now + Pause, Questions = (byte)(entry.Questions + 1) };
            into[asked++] = entry.Sequence;
        }

        return asked;
    }

    private void Forget(long now)
    {
        while (_count > 0 && now - _missing[0].Since > Lifetime)
            RemoveAt(0);
    }

    private bool TryRemove(ushort sequence, out Entry entry)
    {
        for (int i = 0; i < _count; i++)
        {
            entry = _missing[i];
            if (entry.Sequence != sequence)
                continue;
            RemoveAt(i);
            return true;
        }

        entry = default;
        return false;
    }

    private void RemoveAt(int index)
    {
        _missing.AsSpan((index + 1)..(_count)).CopyTo(_missing.AsSpan(index));
        _count--;
    }

    private readonly record struct Entry(ushort Sequence, long Since, long DueAt, long AskedAt, byte Questions);
}
