using System.Collections.Immutable;
using Conference.Media.Streams;

namespace Conference.Media.Web;

/// <summary>
/// Who sits on which line of a browser. Whoever begins to send takes a pair of lines, sound and picture, and keeps it; where all are taken, the place of
/// who has been silent longest. For one thread, but for what says otherwise.
/// </summary>
internal sealed class WebSeats
{
    /// <summary>Who was not heard for so long gives up the place when somebody else needs it.</summary>
    private const long Silence = 2 * Clock.Second;

    /// <summary>Who begins to send by another number has stopped sending by the one before.</summary>
    private const long Replaced = Clock.Second / 2;

    /// <summary>Between two looks for a place for somebody who found none.</summary>
    private const long Pause = Clock.Second / 4;

    private readonly WebSlots _slots = new();
    private readonly List<WebPair> _pairs = [];
    private readonly Dictionary<uint, string> _mids = [];
    private long _soundShortAt = -Pause;
    private long _pictureShortAt = -Pause;
    private ImmutableArray<WebSeating> _now = [];

    /// <summary>Every line, and who sits there. From any thread.</summary>
    public ImmutableArray<WebSeating> Now => ImmutableInterlocked.InterlockedCompareExchange(ref _now, [], []);

    /// <summary>What changed since this was asked last.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Somebody found no place since this was asked last.</summary>
    public bool IsShort { get; set; }

    /// <inheritdoc cref="WebSlots.FindBySource"/>
    public WebSlot? FindBySource(uint source, int channel) => _slots.FindBySource(source, channel);

    /// <inheritdoc cref="WebSlots.FindBySsrc"/>
    public WebSlot? FindBySsrc(uint ssrc) => _slots.FindBySsrc(ssrc);

    /// <summary>Adds the lines that are new.</summary>
    public void Adopt(ImmutableArray<WebDownlinkLine> lines)
    {
        foreach (WebDownlinkLine line in lines)
        {
            if (_slots.FindBySsrc(line.Ssrc.Value) is not null)
                continue;
            var slot = new WebSlot(line.IsVideo, line.Ssrc.Value, line.RtxSsrc.Value);
            _slots.Add(slot);
            _mids.Add(slot.Ssrc, line.Mid);
            WebPair? pair = _pairs.Find(p => p.Number == line.Pair);
            if (pair is null)
                _pairs.Add(pair = new WebPair(line.Pair));
            if (line.IsVideo)
                pair.Picture ??= slot;
            else
                pair.Sound ??= slot;
        }

        (_soundShortAt, _pictureShortAt) = (-Pause, -Pause);
        Publish();
    }

    /// <summary>Where a source sits, or may sit down now; null where there is no place.</summary>
    /// <param name="source">The room's SSRC.</param>
    public WebSlot? SeatOf(uint source, bool isVideo, IWebAudience audience, long now)
    {
        if (_slots.FindBySource(source, audience.Channel) is { } seated)
            return seated;
        ref long shortAt = ref isVideo ? ref _pictureShortAt : ref _soundShortAt;
        if (now - shortAt < Pause)
            return null;
        if (audience.WhoSends(source) is not { } who)
            return null;
        if (FindPlace(who, isVideo, audience, now) is not { } slot)
        {
            shortAt = now;
            IsShort = true;
            return null;
        }

        _slots.Seat(slot, source, audience.Channel);
        Publish();
        return slot;
    }

    /// <summary>A source has said goodbye.</summary>
    public void Leave(uint source, int channel)
    {
        if (_slots.FindBySource(source, channel) is not { } slot)
            return;
        Clear(slot);
        Publish();
    }

    private WebSlot? FindPlace(ParticipantId who, bool isVideo, IWebAudience audience, long now)
    {
        if (_pairs.Find(p => p.Who == who && p.SlotFor(isVideo) is { Source: null })?.SlotFor(isVideo) is { } own)
            return own;
        if (_pairs.Find(p => p.Who == who && p.SlotFor(isVideo) is { } before && before.Channel == audience.Channel && IsSilent(before, now, Replaced)) is { } mine)
            return mine.SlotFor(isVideo);
        if (_pairs.Find(p => p.IsEmpty && p.Who is null && p.SlotFor(isVideo) is not null) is { } free)
        {
            free.Who = who;
            return free.SlotFor(isVideo);
        }

        // Those who have gone said so to the room, not here.
        WebPair? left = _pairs.Find(p => p.Who is { } gone && !audience.IsHere(gone) && IsSilent(p.Sound, now) && IsSilent(p.Picture, now) && p.SlotFor(isVideo) is not null);
        if (left is not null)
        {
            Clear(left.Sound);
            Clear(left.Picture);
            left.Who = who;
            return left.SlotFor(isVideo);
        }

        WebPair? other = _pairs.Find(p => p.SlotFor(isVideo) is { Source: null });
        other ??= _pairs.Where(p => p.SlotFor(isVideo) is { } slot && IsSilent(slot, now)).MinBy(p => p.SlotFor(isVideo)!.ShownAt);
        if (other?.SlotFor(isVideo) is not { } place)
            return null;
        Clear(place);
        if (other.IsEmpty)
            other.Who = who;
        return place;
    }

    private static bool IsSilent(WebSlot? slot, long now, long since = Silence) => slot?.Source is null || now - slot.ShownAt >= since;

    private void Clear(WebSlot? slot)
    {
        if (slot is null)
            return;
        _slots.Clear(slot);
        if (_pairs.Find(p => p.Sound == slot || p.Picture == slot) is { IsEmpty: true } pair)
            pair.Who = null;
    }

    private void Publish()
    {
        HasChanged = true;
        ImmutableInterlocked.InterlockedExchange(ref _now, [.. _slots.All.Select(s => new WebSeating(_mids[s.Ssrc], s.Channel, s.Source))]);
    }
}

/// <summary>A line, and which source of which of the browser's ports is shown there.</summary>
/// <param name="Mid">The line's name.</param>
/// <param name="Channel">Of the port.</param>
/// <param name="Source">The room's SSRC; null for nobody's.</param>
internal readonly record struct WebSeating(string Mid, int Channel, uint? Source);
