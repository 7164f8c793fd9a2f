namespace Conference.Media.Web;

/// <summary>What has become of a packet that came in.</summary>
internal enum SrtpOutcome
{
    Opened,

    /// <summary>It is no SRTP packet at all.</summary>
    Malformed,

    /// <summary>Whoever sent it does not have the key, or it was changed on its way.</summary>
    Forged,

    /// <summary>It has come before, or is too old to tell.</summary>
    Replayed,

    /// <summary>Authentic, of an SSRC beyond <see cref="SrtpSources.Most"/>.</summary>
    TooManySources,
}
