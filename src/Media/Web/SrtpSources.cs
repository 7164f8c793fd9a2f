namespace Conference.Media.Web;

/// <summary>The SSRCs of one direction, of RTP or of RTCP. They are bounded, so that who may send cannot fill the memory.</summary>
internal sealed class SrtpSources
{
    /// <summary>Some ten are in use at a time; the others are those of screens that were shared before, and so on.</summary>
    public const int Most = 256;

    private readonly Dictionary<uint, SrtpSource> _sources = [];

    public bool IsFull => _sources.Count >= Most;

    public SrtpSource? Find(uint ssrc) => _sources.GetValueOrDefault(ssrc);

    /// <summary>Call only where it is not full, for an SSRC it does not have.</summary>
    public SrtpSource Add(uint ssrc)
    {
        var source = new SrtpSource();
        _sources.Add(ssrc, source);
        return source;
    }
}
