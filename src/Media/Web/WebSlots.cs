namespace Conference.Media.Web;

/// <summary>The slots of one browser, found by who sits there and by what the browser calls them.</summary>
internal sealed class WebSlots
{
    private readonly List<WebSlot> _slots = [];
    private readonly Dictionary<uint, WebSlot> _bySource = [];
    private readonly Dictionary<uint, WebSlot> _bySsrc = [];

    public IReadOnlyList<WebSlot> All => _slots;

    /// <summary>One more, as a new answer has it.</summary>
    public void Add(WebSlot slot)
    {
        _bySsrc.Add(slot.Ssrc, slot);
        _slots.Add(slot);
    }

    /// <summary>Where somebody sits; null for who is not shown.</summary>
    /// <param name="source">The room's SSRC.</param>
    public WebSlot? FindBySource(uint source) => _bySource.GetValueOrDefault(source);

    /// <summary>What a browser's feedback is about; null for what is none of its slots.</summary>
    public WebSlot? FindBySsrc(uint ssrc) => _bySsrc.GetValueOrDefault(ssrc);

    /// <summary>Has somebody sit in a slot, and nowhere else.</summary>
    public void Seat(WebSlot slot, uint source)
    {
        if (slot.Source == source)
            return;
        if (FindBySource(source) is { } other)
            Clear(other);
        Clear(slot);
        slot.Seat(source);
        _bySource.Add(source, slot);
    }

    public void Clear(WebSlot slot)
    {
        if (slot.Source is { } source)
            _bySource.Remove(source);
        slot.Clear();
    }
}
