using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>What one receiver can take, kbit/s: an estimate that falls at once on evidence and climbs by trial. Belongs to the loop of its room.</summary>
/// <remarks>
/// Evidence is a tenth lost, by receiver reports or by what is asked for again, and a REMB that is below what is sent and does not rise. A REMB that rises
/// follows what is sent, and says nothing of what could be. Without evidence for a while, what the next better quality takes is tried: if evidence comes with it,
/// it is taken back at once and the next trial waits twice as long, to a minute at most; else it is kept. Nobody who reports nothing is limited.
/// </remarks>
internal sealed class ReceiverPath
{
    private const double Least = 50;

    /// <summary>So much lost is congestion, and not a bad radio.</summary>
    private const double Congested = 0.1;

    /// <summary>So much more lost than before a trial comes of the trial.</summary>
    private const double CongestedByTrial = 0.05;

    /// <summary>Of what is sent: below that an estimate lowers.</summary>
    private const double Lowering = 0.9;

    /// <summary>What is reported for so long after a fall may be about the time before: layers change at keyframes.</summary>
    private const long Settling = 2 * Clock.Second;

    private const long Trial = 5 * Clock.Second;
    private const long ShortestCalm = 5 * Clock.Second;
    private const long LongestCalm = 60 * Clock.Second;

    /// <summary>A trial that was kept has failed all the same if evidence comes so soon after it.</summary>
    private const long Doubt = 10 * Clock.Second;

    private const long Never = -LongestCalm;

    private ReportedNumbers? _numbers;
    private SentRate _rate;
    private LossWindow _reported;
    private LossWindow _missed;
    private long _reportedUpTo;
    private long _missedUpTo;
    private long _missedAt = Never;
    private double _remb = double.PositiveInfinity;
    private long _rembAt = Never;
    private double _limit = double.PositiveInfinity;
    private double _wanted = double.PositiveInfinity;
    private double _beforeTrial;
    private double _lossBeforeTrial;
    private bool _isTrying;
    private long _triedAt = Never;
    private long _keptAt = Never;
    private long _fellAt = Never;
    private int _failures;
    private int _failuresBefore;

    public bool IsLimited => !double.IsPositiveInfinity(_limit);

    /// <summary>For everything sent to it together; 0 for no limit.</summary>
    public int Limit => IsLimited ? (int)_limit : 0;

    private long Calm => Math.Min(LongestCalm, ShortestCalm << Math.Min(_failures, 4));

    /// <summary>Somebody's next better quality would take so much, for everything together. The least of them is tried next.</summary>
    public void Wants(double kilobits) => _wanted = Math.Min(_wanted, kilobits);

    /// <summary>A receiver report about one source.</summary>
    /// <param name="highest">The highest number that has come, extended; 0 from whoever does not say it.</param>
    /// <param name="fraction">0 to 1 of the last interval, what was lost before this server taken off.</param>
    public void Reported(uint ssrc, uint highest, double fraction, in SentSoFar sent, long now)
    {
        _rate.Sample(sent.Bytes, now);
        // Some say how much was lost and not up to where: of what they were sent meanwhile.
        double packets = highest == 0 ? sent.Datagrams - _reportedUpTo : (_numbers ??= new ReportedNumbers()).Advance(ssrc, highest);
        _reportedUpTo = sent.Datagrams;
        if (now - _fellAt < Settling)
            return;
        _reported.Add(packets, packets * fraction, now);
        if (IsCongested(_reported))
            Fall(_rate.Most * (1 - _reported.Fraction), now);
        else
            Climb(now);
    }

    /// <summary>It has asked for packets again, and was sent them.</summary>
    public void Missed(int packets, in SentSoFar sent, long now)
    {
        _rate.Sample(sent.Bytes, now);
        // Of those since it last missed something, as many as a second has.
        double passed = Math.Max(Clock.Second, now - _missedAt);
        double of = Math.Max(0, sent.Datagrams - _missedUpTo) * Clock.Second / passed;
        (_missedUpTo, _missedAt) = (sent.Datagrams, now);
        if (now - _fellAt < Settling)
            return;
        _missed.Add(of, packets, now);
        if (IsCongested(_missed))
            Fall(_rate.Most * (1 - _missed.Fraction), now);
    }

    /// <summary>The receiver's own estimate of what it can take.</summary>
    public void Remb(double kilobits, in SentSoFar sent, long now)
    {
        _rate.Sample(sent.Bytes, now);
        // Said again: by a browser once for each of its ports.
        if (kilobits == _remb && now - _rembAt < Clock.Second / 2)
            return;
        bool rises = kilobits > _remb || double.IsPositiveInfinity(_remb);
        (_remb, _rembAt) = (kilobits, now);
        if (!rises && kilobits < Lowering * _rate.Sustained)
            Fall(kilobits, now);
    }

    private bool IsCongested(in LossWindow losses) => losses.IsAbove(_isTrying ? _lossBeforeTrial + CongestedByTrial : Congested);

    private void Fall(double kilobits, long now)
    {
        if (_isTrying)
            _failures++;
        else if (now - _keptAt < Doubt)
            _failures = _failuresBefore + 1;
        // What was good before a trial is so again, and else what got through.
        _limit = _isTrying ? _beforeTrial : Math.Max(Least, Math.Min(_limit, kilobits));
        (_fellAt, _keptAt, _isTrying) = (now, Never, false);
        _reported.Clear();
        _missed.Clear();
    }

    private void Climb(long now)
    {
        double next = _wanted;
        _wanted = double.PositiveInfinity;
        if (_isTrying)
        {
            if (now - _triedAt >= Trial)
                Keep(now);
        }
        else if (IsLimited && next > _limit && !double.IsPositiveInfinity(next) && now - Math.Max(_fellAt, _keptAt) >= Calm)
        {
            (_beforeTrial, _lossBeforeTrial, _limit) = (_limit, _reported.Fraction, next);
            (_isTrying, _triedAt) = (true, now);
            _reported.Clear();
            _missed.Clear();
        }
    }

    private void Keep(long now)
    {
        (_isTrying, _keptAt) = (false, now);
        (_failuresBefore, _failures) = (_failures, 0);
    }
}
