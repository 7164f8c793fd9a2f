namespace Conference.Actors.Serialization;

/// <summary>A stored event or snapshot is not what was stored, or of a kind that this version does not know.</summary>
/// <param name="what">Which row and why, without what is in it.</param>
/// <param name="isSnapshot">False for an event.</param>
/// <param name="cause">What reading it came to; null for a checksum that does not fit.</param>
public sealed class DamagedRowException(string what, bool isSnapshot, Exception? cause = null) : Exception(what, cause)
{
    public bool IsSnapshot => isSnapshot;
}
