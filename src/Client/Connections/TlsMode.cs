namespace Conference.Client.Connections;

/// <summary>Whether the session is encrypted.</summary>
public enum TlsMode
{
    /// <summary>STLS where the server offers it, save on this machine's own loopback, where nobody is between.</summary>
    Auto,

    /// <summary>Never.</summary>
    Off,

    /// <summary>STLS, or no session.</summary>
    Required,

    /// <summary>TLS from the first byte: a port of its own, the server's <c>Qcvc:TlsPort</c>.</summary>
    Implicit,
}
