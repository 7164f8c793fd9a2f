namespace Conference.Node.Links;

/// <summary>
/// Why a connection did not become a link. The number goes over the wire (a close frame's status is 4000 + it): never changed, never reused.
/// </summary>
internal enum LinkRefusal
{
    /// <summary>No TLS, or no certificate that is good here.</summary>
    Tls = 1,

    /// <summary>TLS, but no WebSocket on <c>/link</c>.</summary>
    Http = 2,

    /// <summary>Not done within the handshake's time.</summary>
    Timeout = 3,

    /// <summary>Too many at the same time.</summary>
    TooMany = 4,

    /// <summary>Not the words of a handshake.</summary>
    Malformed = 5,

    /// <summary>Another secret: another cluster, or a stranger.</summary>
    Secret = 6,

    /// <summary>No protocol that both speak.</summary>
    Version = 7,

    /// <summary>The one who asks is not in the cluster.</summary>
    UnknownNode = 8,

    /// <summary>The one who is asked is not who was meant.</summary>
    WrongNode = 9,

    /// <summary>The node with the smaller id dials.</summary>
    WrongDirection = 10,

    /// <summary>The node does not yet take links, or no longer.</summary>
    Closed = 11,

    /// <summary>Nobody answered, or the connection broke off.</summary>
    Unreachable = 12,
}

internal static class LinkRefusals
{
    private const int FirstCloseStatus = 4000;

    /// <summary>As metrics and logs name them.</summary>
    public static string Label(this LinkRefusal refusal) => refusal switch
    {
        LinkRefusal.Tls => "tls",
        LinkRefusal.Http => "http",
        LinkRefusal.Timeout => "timeout",
        LinkRefusal.TooMany => "too_many",
        LinkRefusal.Malformed => "malformed",
        LinkRefusal.Secret => "secret",
        LinkRefusal.Version => "version",
        LinkRefusal.UnknownNode => "unknown_node",
        LinkRefusal.WrongNode => "wrong_node",
        LinkRefusal.WrongDirection => "wrong_direction",
        LinkRefusal.Closed => "closed",
        _ => "unreachable",
    };

    public static int ToCloseStatus(this LinkRefusal refusal) => FirstCloseStatus + (int)refusal;

    /// <summary>What the other side closed with; <see cref="LinkRefusal.Unreachable"/> when that is no refusal this release knows.</summary>
    public static LinkRefusal FromCloseStatus(int? status) =>
        status is { } s && Enum.IsDefined((LinkRefusal)(s - FirstCloseStatus)) ? (LinkRefusal)(s - FirstCloseStatus) : LinkRefusal.Unreachable;

    /// <summary>Trying again soon would change nothing.</summary>
    public static bool IsLasting(this LinkRefusal refusal) => refusal is LinkRefusal.Secret or LinkRefusal.Version or LinkRefusal.WrongDirection;
}

/// <summary>A handshake that came to nothing.</summary>
/// <param name="refusal">Why.</param>
/// <param name="isOurs">This side refused; otherwise the other did.</param>
/// <param name="detail">For the log; nothing that a stranger has said.</param>
internal sealed class LinkRefusedException(LinkRefusal refusal, bool isOurs, string? detail = null) : Exception(refusal.Label())
{
    public LinkRefusal Refusal { get; } = refusal;

    public bool IsOurs { get; } = isOurs;

    public string? Detail { get; } = detail;
}
