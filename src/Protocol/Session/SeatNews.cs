using System.Collections.Immutable;
using Conference.Protocol.Addresses;
using Conference.Protocol.Replies;

namespace Conference.Protocol.Session;

/// <summary>Who sits on a browser's lines, and what of it the browser knows: it is told what is new and nothing else. Part of a session machine.</summary>
internal sealed class SeatNews
{
    private readonly Dictionary<string, (Service Service, Name Who)> _told = new(0);
    private ImmutableArray<Seat> _now = [];
    private bool _isShort;

    /// <summary>How many lines there were when it was told that they are too few; null where that is over, or was never told.</summary>
    private int? _toldShortAt;

    public void Take(SessionNotice.Seated seated)
    {
        (_now, _isShort) = (seated.Seats, seated.IsShort);
        if (!_isShort)
            _toldShortAt = null;
    }

    /// <summary>The lines are gone.</summary>
    public void Clear()
    {
        _told.Clear();
        (_now, _isShort, _toldShortAt) = ([], false, null);
    }

    /// <summary>What is new since the last time. Of a line that changes hands only the new one is told.</summary>
    public IEnumerable<Reply> Tell(string host)
    {
        var gone = _told.Keys.ToHashSet();
        foreach (var (mid, sitting) in _now)
        {
            if (sitting is not var (service, who))
                continue;
            gone.Remove(mid);
            if (_told.TryGetValue(mid, out var told) && told == (service, who))
                continue;
            _told[mid] = (service, who);
            yield return Reply.Seated(mid, service, who, host);
        }

        foreach (string mid in gone)
        {
            _told.Remove(mid);
            yield return Reply.SeatFree(mid);
        }

        if (!_isShort || _toldShortAt == _now.Length)
            yield break;
        _toldShortAt = _now.Length;
        yield return Reply.SeatsShort;
    }
}
