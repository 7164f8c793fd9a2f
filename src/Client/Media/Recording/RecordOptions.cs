namespace Conference.Client.Media.Recording;

/// <summary>How a call is recorded. Everybody in the room is told that it is, where the server can tell them.</summary>
/// <param name="Directory">Takes a Matroska file per member.</param>
public sealed record RecordOptions(string Directory)
{
    /// <summary>Files bear the time of their first packet too (<c>joe-20270131T120000Z.mkv</c>), and screens that are shown are recorded.</summary>
    public bool IsWhole { get; init; }
}
