using System.Text.Json.Serialization;

namespace Conference.Client.Media.Recording;

/// <summary>One finished file.</summary>
/// <param name="Member">Whose.</param>
/// <param name="File">Where; empty when there could be none.</param>
/// <param name="Services">What is in it.</param>
/// <param name="Started">When its first packet came.</param>
/// <param name="Seconds">From then to its last packet.</param>
/// <param name="Packets">RTP packets that went into it.</param>
/// <param name="Dropped">RTP packets that did not.</param>
/// <param name="Error">Null when all went well.</param>
public sealed record RecordingResult(
    string Member, string File, IReadOnlyList<string> Services, DateTimeOffset Started, double Seconds, long Packets, long Dropped, string? Error)
{
    [JsonIgnore]
    public bool HasPicture { get; init; }

    [JsonIgnore]
    public bool HasSound { get; init; }
}
