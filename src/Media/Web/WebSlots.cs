namespace Conference.Media.Web;

/// <summary>The slots of one browser, found by who sits there and by what the browser calls them. For one thread, but for <see cref="FindBySsrc"/>.</summary>
internal sealed class WebSlots
{
    private readonly List<WebSlot> _slots = [];
    private readonly Dictionary<(int Channel, uint Source), WebSlot> _bySource = [];

    // Replaced whole.
    private volatile Dictionary<uint, WebSlot> _bySsrc = [];

    public IReadOnlyList<WebSlot> All => _slots;

    /// <summary>One more, as a new answer has it.</summary>
    public void Add(WebSlot slot)
    {
        _bySsrc = new Dictionary<uint, WebSlot>(_bySsrc) { { slot.Ssrc, slot } };
        _slots.Add(slot);
    }

    /// <summary>Where somebody sits; null for who is not shown.</summary>
    /// <param name="source">The room's SSRC.</param>
    /// <param name="channel">See <see cref="WebSlot.Seat"/>.</param>
    public WebSlot? FindBySource(uint source, int channel = 0) => _bySource.GetValueOrDefault((channel, source));

    /// <summary>What a browser's feedback is about; null for what is none of its slots. From any thread.</summary>
    public WebSlot? FindBySsrc(uint ssrc) => _bySsrc.GetValueOrDefault(ssrc);

    /// <summary>Has somebody sit in a slot, and nowhere else.</summary>
    public void Seat(WebSlot slot, uint source, int channel = 0)
    {
        if (slot.Source == source && slot.Channel == channel)
            return;
        if (FindBySource(source, channel) is { } other)
            Clear(other);
        Clear(slot);
        slot.Seat(source, channel);
        _bySource.Add((channel, source), slot);
    }

    public void Clear(WebSlot slot)
    {
        if (slot.Source is { } source)
            _bySource.Remove((slot.Channel, source));
        slot.Clear();
    }
}
