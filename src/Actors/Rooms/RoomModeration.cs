using System.Collections.Immutable;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Rooms;

/// <summary>
/// Who was muted or put out, and who left of late: by name, since a session is soon made anew. All of it is made of the room's events.
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

    /// <summary>And when it may come back: null is when the room has closed.</summary>
    private readonly Dictionary<Name, DateTimeOffset?> _putOut = [];

    private readonly Dictionary<Name, DateTimeOffset> _left = [];
    private DateTimeOffset? _emptySince;

    public ImmutableArray<Name> Muted => [.. _muted];

    /// <summary>Who may not come in.</summary>
    /// <param name="now">By the room's clock.</param>
    public ImmutableArray<Name> PutOut(DateTimeOffset now) => [.. _putOut.Keys.Where(n => Bars(n, now)).OrderBy(n => n.ToString(), StringComparer.Ordinal)];

    public RoomModerationSnapshot Snapshot => new(
        [.. _putOut.Where(p => p.Value is null).Select(p => p.Key)], [.. _left.Select(l => new RoomLeaver(l.Key, l.Value))], _emptySince,
        [.. _putOut.Where(p => p.Value is not null).Select(p => new RoomReturn(p.Key, p.Value!.Value))]);

    public bool IsMuted(Name who) => _muted.Contains(who);

    public bool IsPutOut(Name who) => _putOut.ContainsKey(who);

    /// <summary>It may not come in.</summary>
    /// <param name="who">Who wants in.</param>
    /// <param name="now">By the room's clock.</param>
    public bool Bars(Name who, DateTimeOffset now) => _putOut.TryGetValue(who, out var notBefore) && !IsOver(now) && !(now >= notBefore);

    /// <summary>It was a member a moment ago, and left by itself or lost its connection.</summary>
    /// <param name="who">Who wants in.</param>
    /// <param name="now">By the room's clock.</param>
    public bool IsReturning(Name who, DateTimeOffset now) => _left.TryGetValue(who, out var at) && now - at <= MayReturn;

    public void SetMuted(Name who, bool isMuted) => _ = isMuted ? _muted.Add(who) : _muted.Remove(who);

    public void SetPutOut(Name who, bool isPutOut, DateTimeOffset? notBefore = null)
    {
        if (isPutOut)
            _putOut[who] = notBefore;
        else
            _putOut.Remove(who);
    }

    public void UnmuteAll() => _muted.Clear();

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
        foreach (var who in snapshot.PutOut)
            _putOut[who] = null;
        foreach (var (who, notBefore) in snapshot.NotBefore ?? [])
            _putOut[who] = notBefore;
        foreach (var (who, at) in snapshot.Left)
            _left[who] = at;
        _emptySince = snapshot.EmptySince;
    }

    /// <summary>Nobody has been in for so long that the room has closed.</summary>
    /// <param name="now">By the room's clock.</param>
    public bool IsOver(DateTimeOffset now) => now - _emptySince > Lasts;
}
