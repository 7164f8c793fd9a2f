using Conference.Client.Media.Recording;

namespace Conference.Client.Calls;

/// <summary>What came of a call; the object <c>qcvc call --json</c> prints.</summary>
/// <param name="Room">As it was named.</param>
/// <param name="Name">This client's own.</param>
/// <param name="Joined">When the last CONN was answered.</param>
/// <param name="Seconds">From then to the end.</param>
/// <param name="End"><c>done</c>, <c>interrupted</c>, or why the server or ffmpeg ended it.</param>
/// <param name="Failed">Whether it ended otherwise than wished.</param>
/// <param name="Moves">How often it went on at another server, or came back.</param>
/// <param name="Sent">Per service.</param>
/// <param name="Received">Per source heard.</param>
/// <param name="Recordings">Per file.</param>
/// <param name="DatagramsIgnored">Neither RTP nor RTCP.</param>
/// <param name="NotRecorded">Sources that could not be recorded: an unknown codec, or too many.</param>
/// <param name="PutOut">An operator put this client out, or closed the room.</param>
public sealed record CallReport(
    string Room,
    string Name,
    DateTimeOffset Joined,
    double Seconds,
    string End,
    bool Failed,
    int Moves,
    IReadOnlyList<SentStream> Sent,
    IReadOnlyList<ReceivedStream> Received,
    IReadOnlyList<RecordingResult> Recordings,
    long DatagramsIgnored,
    int NotRecorded,
    bool PutOut);

/// <param name="KilobitsPerSecond">Over the last second.</param>
/// <param name="Frames">Packets with the marker: of video, the frames.</param>
/// <param name="Started">When the first packet was sent; null when none was.</param>
public sealed record SentStream(
    string Service, string Ssrc, string Codec, double KilobitsPerSecond, long Packets, long Bytes, long Frames, long Failures, DateTimeOffset? Started);

/// <param name="Member">The name before the host, <c>?</c> and the SSRC when no description came.</param>
/// <param name="KilobitsPerSecond">Over the last second.</param>
/// <param name="LossPercent">RFC 3550 A.3, of the whole call.</param>
/// <param name="RecentLossPercent">Of its last five seconds.</param>
/// <param name="JitterMilliseconds">RFC 3550 A.8.</param>
public sealed record ReceivedStream(
    string Member,
    string Service,
    string Ssrc,
    string Codec,
    double KilobitsPerSecond,
    long Packets,
    long Bytes,
    long Frames,
    long Lost,
    double LossPercent,
    double RecentLossPercent,
    long Duplicates,
    long Reordered,
    double JitterMilliseconds,
    bool Gone);
