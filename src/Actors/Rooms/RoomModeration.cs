using System.Collections.Immutable;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>
/// Whom an operator muted or put out, and who left of late: by name, since a session is soon made anew. All of it is made of the room's events.
/// It holds until the room closes, which is when an operator closes it, or when nobody has been in it for <see cref="Lasts"/>: it must not meet
/// whoever comes by that name next month.
/// </summary>
public sealed class RoomModeration
{
    /// <summary>How long a room must be empty until its mutes and put-outs are over.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    /// <summary>How long a locked room lets in whoever was in it.</summary>
    public static readonly TimeSpan MayReturn = TimeSpan.FromMinutes(1);

    private readonly HashSet<Name> _muted = [];
    private readonly HashSet<Name> _putOut = [];
    private readonly Dictionary<Name, DateTimeOffset> _left = [];
    private DateTimeOffset? _emptySince;

    public ImmutableArray<Name> Muted => [.. _muted];

    /// <summary>Who may not come in.</summary>
    /// <param name="now">By the room's clock.</param>
    public ImmutableArray<Name> PutOut(DateTimeOffset now) => IsOver(now) ? [] : [.. _putOut.OrderBy(n => n.ToString(), StringComparer.Ordinal)];

    public RoomModerationSnapshot Snapshot => new([.. _putOut], [.. _left.Select(l => new RoomLeaver(l.Key, l.Value))], _emptySince);

    public bool IsMuted(Name who) => _muted.Contains(who);

    public bool IsPutOut(Name who) => _putOut.Contains(who);

    /// <summary>It may not come in.</summary>
    /// <param name="who">Who wants in.</param>
    /// <param name="now">By the room's clock.</param>
    public bool Bars(Name who, DateTimeOffset now) => _putOut.Contains(who) && !IsOver(now);

    /// <summary>It was a member a moment ago, and left by itself or lost its connection.</summary>
    /// <param name="who">Who wants in.</param>
    /// <param name="now">By the room's clock.</param>
    public bool IsReturning(Name who, DateTimeOffset now) => _left.TryGetValue(who, out var at) && now - at <= MayReturn;

    public void SetMuted(Name who, bool isMuted) => _ = isMuted ? _muted.Add(who) : _muted.Remove(who);

    public void SetPutOut(Name who, bool isPutOut) => _ = isPutOut ? _putOut.Add(who) : _putOut.Remove(who);

    public void Began(DateTimeOffset at)
    {
        if (IsOver(at))
            Clear();
        _emptySince = null;
    }

    /// <param name="who">Whose call ended.</param>
    /// <param name="at">When.</param>
    /// <param name="isPutOut">An operator ended it: it has no way back.</param>
    /// <param name="isLast">Nobody is left.</param>
    public void Ended(Name who, DateTimeOffset at, bool isPutOut, bool isLast)
    {
        foreach (var (name, _) in _left.Where(l => at - l.Value > MayReturn))
            _left.Remove(name);
        if (isPutOut)
            _left.Remove(who);
        else
            _left[who] = at;
        if (isLast)
            _emptySince = at;
    }

    public void Clear()
    {
        _muted.Clear();
        _putOut.Clear();
        _left.Clear();
    }

    public void Recover(IEnumerable<Name> muted, RoomModerationSnapshot? snapshot)
    {
        _muted.UnionWith(muted);
        if (snapshot is null)
            return;
        _putOut.UnionWith(snapshot.PutOut);
        foreach (var (who, at) in snapshot.Left)
            _left[who] = at;
        _emptySince = snapshot.EmptySince;
    }

    private bool IsOver(DateTimeOffset now) => now - _emptySince > Lasts;
}
