namespace Conference.Client.Media.Rtp;

/// <summary>Whose a source is, as the server says; a source description is the sender's own word.</summary>
/// <param name="Name">The member's.</param>
/// <param name="Session">The same for all sources of one session, and another for each.</param>
public sealed record SourceOwner(string Name, int Session);
