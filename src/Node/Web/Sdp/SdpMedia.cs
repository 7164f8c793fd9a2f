namespace Conference.Node.Web.Sdp;

/// <summary>An m-line and what stands under it.</summary>
/// <param name="Kind">audio, video, application, ...</param>
/// <param name="Port">0 for a line that is refused, or not used any more.</param>
/// <param name="Protocol">Such as UDP/TLS/RTP/SAVPF.</param>
/// <param name="Formats">What they mean depends on the protocol; payload types for RTP.</param>
/// <param name="Attributes">In their order.</param>
internal sealed record SdpMedia(string Kind, int Port, string Protocol, IReadOnlyList<string> Formats, IReadOnlyList<SdpAttribute> Attributes);
