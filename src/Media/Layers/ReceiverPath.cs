using Conference.Media.Streams;

namespace Conference.Media.Layers;

/// <summary>What one receiver's path takes, by its own receiver reports and REMB; kbit/s.</summary>
/// <remarks>
/// A report of more than a tenth lost says what got through: that becomes the limit at once. Without loss the limit is raised by half
/// after five seconds; a raise that ends in loss doubles that time, to a minute at most, so that a narrow path is not
/// probed for ever. Nobody who reports nothing is limited.
/// </remarks>
internal sealed class ReceiverPath
{
    private const double BadLoss = 0.1;
    private const double GoodLoss = 0.02;
    private const double Least = 50;
    private const double Unlimited = 1_000_000;
    private const long ShortestHold = 5 * Clock.Second;
    private const long LongestHold = 60 * Clock.Second;
    private const long RembLife = 10 * Clock.Second;

    private double _limit = Unlimited;
    private double _remb = Unlimited;
    private long _rembAt;
    private long _quietSince;
    private long _loweredAt = -LongestHold;
    private long _raisedAt = -LongestHold;
    private long _hold = ShortestHold;
    private long _windowStart;
    private long _windowBytes;
    private double _sent;

    /// <summary>For everything sent to it together; 0 for no limit.</summary>
    public int Limit(long now)
    {
        double limit = Math.Min(_limit, now - _rembAt <= RembLife ? _remb : Unlimited);
        return limit >= Unlimited ? 0 : (int)Math.Max(1, limit);
    }

    public void Sent(int bytes, long now)
    {
        _windowBytes += bytes;
        long passed = now - _windowStart;
        if (passed < Clock.Second / 2)
            return;
        // The most of the last windows counts: a report speaks of what was sent a while ago.
        _sent = Math.Max(_windowBytes * 8000.0 / passed, passed > 2 * Clock.Second ? 0 : _sent * 0.7);
        (_windowStart, _windowBytes) = (now, 0);
    }

    /// <param name="fraction">0 to 1 of the last interval, what was lost before this server taken off.</param>
    public void Lost(double fraction, long now)
    {
        if (fraction > GoodLoss)
            _quietSince = now;
        if (fraction > BadLoss)
            Lower(fraction, now);
        else if (_limit < Unlimited && now - Math.Max(_quietSince, Math.Max(_loweredAt, _raisedAt)) >= _hold)
            Raise(now);
    }

    public void Remb(double kilobits, long now) => (_remb, _rembAt) = (Math.Clamp(kilobits, Least, Unlimited), now);

    private void Lower(double fraction, long now)
    {
        // The report may still speak of the time before the last change.
        if (now - _loweredAt < Clock.Second)
            return;
        if (now - _raisedAt < 2 * ShortestHold)
            _hold = Math.Min(LongestHold, _hold * 2);
        _limit = Math.Max(Least, Math.Min(_limit, _sent) * (1 - fraction));
        _loweredAt = now;
    }

    private void Raise(long now)
    {
        if (now - _raisedAt > LongestHold)
            _hold = ShortestHold;
        _raisedAt = now;
        _limit *= 1.5;
        // Twice what is sent, and still nothing lost: it is no limit.
        if (_limit > 20_000)
            _limit = Unlimited;
    }
}
