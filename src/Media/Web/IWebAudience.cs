namespace Conference.Media.Web;

/// <summary>What must be known of a room to find seats for those in it.</summary>
internal interface IWebAudience
{
    /// <summary>Of the browser's ports the one this is.</summary>
    int Channel { get; }

    /// <summary>Whose source it is that comes to this port, or null where nobody's.</summary>
    /// <param name="source">The room's SSRC.</param>
    ParticipantId? WhoSends(uint source);

    /// <summary>They are in the room, with this service.</summary>
    bool IsHere(ParticipantId who);
}
