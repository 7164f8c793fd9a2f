namespace Conference.Node.Web.Sdp;

/// <summary>What an offer says of one m-line, as far as it matters here.</summary>
internal sealed record OfferedLine
{
    /// <summary>Its place, from 0: the answer has as many, in the same order.</summary>
    public required int Index { get; init; }

    public required SdpMedia Media { get; init; }

    /// <summary>Its name; empty where it has none.</summary>
    public required string Mid { get; init; }

    public required MediaDirection Direction { get; init; }

    /// <summary>On the one transport that all lines share.</summary>
    public required bool IsBundled { get; init; }

    /// <summary>RTP and RTCP on one port.</summary>
    public required bool HasRtcpMux { get; init; }

    /// <summary>The browser has no use for it (any more).</summary>
    public required bool IsRefused { get; init; }

    /// <summary>The browser likes the first best.</summary>
    public required IReadOnlyList<OfferedCodec> Codecs { get; init; }

    /// <summary>The ids of RTP header extensions, by URI.</summary>
    public required IReadOnlyDictionary<string, int> Extensions { get; init; }

    /// <summary>The layers it will send, as the browser orders them.</summary>
    public required IReadOnlyList<string> Rids { get; init; }

    public required bool HasSimulcast { get; init; }

    public required IReadOnlyList<OfferedSource> Sources { get; init; }

    public bool IsVideo => Media.Kind == "video";

    public bool IsAudio => Media.Kind == "audio";

    /// <summary>What it costs to answer it is one line: nothing in it can be used.</summary>
    public bool IsUsable => (IsVideo || IsAudio) && IsBundled && HasRtcpMux && !IsRefused && Codecs.Count > 0
        && Media.Protocol is "UDP/TLS/RTP/SAVPF" or "TCP/DTLS/RTP/SAVPF" or "RTP/SAVPF";
}
