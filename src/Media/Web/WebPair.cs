namespace Conference.Media.Web;

/// <summary>Two lines of a browser whose sound and picture are played in step, for one participant at a time.</summary>
/// <param name="number">As the answer has it.</param>
internal sealed class WebPair(int number)
{
    public int Number => number;

    public WebSlot? Sound { get; set; }

    public WebSlot? Picture { get; set; }

    /// <summary>Whose it is; null for nobody's.</summary>
    public ParticipantId? Who { get; set; }

    public bool IsEmpty => Sound?.Source is null && Picture?.Source is null;

    public WebSlot? SlotFor(bool isVideo) => isVideo ? Picture : Sound;
}
