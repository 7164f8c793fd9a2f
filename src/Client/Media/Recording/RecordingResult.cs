namespace Conference.Client.Media.Recording;

/// <summary>One finished file.</summary>
/// <param name="Member">Whose.</param>
/// <param name="File">Where.</param>
/// <param name="Services">What is in it.</param>
/// <param name="Packets">RTP packets that went into it.</param>
/// <param name="Dropped">RTP packets that did not.</param>
/// <param name="Error">Null when all went well.</param>
public sealed record RecordingResult(string Member, string File, IReadOnlyList<string> Services, long Packets, long Dropped, string? Error);
