using System.Collections.Immutable;
using Conference.Media.Streams;

namespace Conference.Media.Speech;

/// <summary>Who speaks in a room, and who spoke before. Shared by the room's services; whichever loop comes by when it is time decides.</summary>
/// <remarks>
/// Somebody takes over who has spoken <see cref="TakeOver"/> longer than they were silent of late, and either longer than the current
/// speaker or while that one is silent: a cough is too short, and two who argue do not flip the picture.
/// </remarks>
internal sealed class SpeakerBoard
{
    public const long TakeOver = 400 * Clock.Millisecond;
    public const long Interval = 50 * Clock.Millisecond;

    private readonly List<Voice> _voices = [];
    private readonly Lock _gate = new();
    private Ranking _ranking = Ranking.Nobody;
    private long _next = long.MinValue;

    private readonly record struct Voice(SourceStream Source, ParticipantId Participant);

    /// <summary>The order now; replaced whole when it changes.</summary>
    public Ranking Now => Volatile.Read(ref _ranking);

    /// <summary>A source of sound has come.</summary>
    public void Add(SourceStream source, ParticipantId participant)
    {
        lock (_gate)
        {
            _voices.RemoveAll(v => v.Source.IsGone || v.Source == source);
            _voices.Add(new Voice(source, participant));
        }
    }

    /// <summary>Somebody whose voice is not heard here has taken over.</summary>
    public void Lead(ParticipantId speaker)
    {
        lock (_gate)
        {
            if (_ranking.Current != speaker)
                Volatile.Write(ref _ranking, _ranking.With(speaker));
        }
    }

    /// <summary>To be called as packets come; decides every 50 ms.</summary>
    /// <returns>The new speaker's source, or null when nothing has changed.</returns>
    public SourceStream? Decide(long now, out ParticipantId speaker)
    {
        speaker = default;
        long due = Volatile.Read(ref _next);
        if (now < due || Interlocked.CompareExchange(ref _next, now + Interval, due) != due)
            return null;
        // Nobody waits: Add is for new sources only, and whoever misses this turn comes again.
        if (!_gate.TryEnter())
            return null;
        try
        {
            return DecideLocked(now, out speaker);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private SourceStream? DecideLocked(long now, out ParticipantId speaker)
    {
        Ranking ranking = _ranking;
        ParticipantId? current = ranking.Current;
        long currentScore = 0;
        long best = 0;
        Voice candidate = default;
        foreach (Voice voice in _voices)
        {
            if (voice.Source.IsGone)
                continue;
            long score = voice.Source.Speech.Score(now);
            if (voice.Participant == current)
                currentScore = Math.Max(currentScore, score);
            else if (score > best)
                (best, candidate) = (score, voice);
        }

        speaker = candidate.Participant;
        if (best < TakeOver || best < currentScore + (currentScore > 0 ? TakeOver : 0))
            return null;
        Volatile.Write(ref _ranking, ranking.With(candidate.Participant));
        return candidate.Source;
    }
}

/// <summary>Participants by when they last began to speak, the current speaker first.</summary>
internal sealed class Ranking(ImmutableArray<ParticipantId> order)
{
    /// <summary>As many as anyone can select, and the one who selects.</summary>
    private const int Most = 51;

    public static Ranking Nobody { get; } = new([]);

    public ImmutableArray<ParticipantId> Order => order;

    public ParticipantId? Current => order.IsEmpty ? null : order[0];

    public Ranking With(ParticipantId speaker) => new([speaker, .. order.Where(p => p != speaker).Take(Most - 1)]);
}
