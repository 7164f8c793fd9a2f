namespace Conference.Client.Media.Recording;

/// <summary>Whose streams go into one file, or into one window.</summary>
/// <param name="Member">The name.</param>
/// <param name="Screen">The service where it is neither video nor audio, like a screen that is shown; else empty.</param>
/// <param name="Start">When the first packet came.</param>
internal sealed record RecordingSubject(string Member, string Screen, DateTimeOffset Start)
{
    /// <summary><c>joe</c>, <c>joe-screen</c>: safe as a file's name.</summary>
    public string FileName => RecordingFiles.SafeName(Member) + (Screen.Length == 0 ? "" : $"-{Screen}");
}
