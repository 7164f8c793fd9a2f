using System.Buffers;
using System.Text.RegularExpressions;

namespace Conference.Protocol.Framing;

/// <summary>What a client may speak that has come to the wrong port.</summary>
public enum ForeignProtocol
{
    Http,
    Rtsp,
    Sip,
    Ssh,
    Tls,
    Proxy,
}

/// <summary>
/// Tells other protocols by how they begin. A browser can be made by any page to send lines of the page's choice to a port of its network: such lines come
/// behind HTTP's own, so whoever hears those must not go on reading.
/// </summary>
public static partial class ForeignProtocols
{
    /// <summary>The first byte of a TLS handshake record.</summary>
    private const byte Handshake = 0x16;

    /// <summary>The first bytes of PROXY protocol version 2.</summary>
    public static ReadOnlySpan<byte> ProxySignature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <param name="start">The first bytes of a connection, as many as have come.</param>
    /// <returns>Null where they may be lines.</returns>
    public static ForeignProtocol? OfStart(in ReadOnlySequence<byte> start)
    {
        var reader = new SequenceReader<byte>(start);
        if (reader.IsNext(Handshake))
            return ForeignProtocol.Tls;
        return reader.IsNext(ProxySignature) ? ForeignProtocol.Proxy : null;
    }

    /// <param name="line">That is no command of QCVC; of a long one, the beginning.</param>
    /// <returns>Null where it is a mistake and no more.</returns>
    public static ForeignProtocol? OfLine(string line)
    {
        if (line.StartsWith("SSH-", StringComparison.Ordinal))
            return ForeignProtocol.Ssh;
        if (line.StartsWith("PROXY ", StringComparison.Ordinal))
            return ForeignProtocol.Proxy;
        if (line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase) || SimpleRequest().IsMatch(line))
            return ForeignProtocol.Http;
        var version = StartLine().Match(line);
        return version.Success ? Enum.Parse<ForeignProtocol>(version.Groups["name"].Value, ignoreCase: true) : null;
    }

    // GET /index.html            GET http://example.org/
    [GeneratedRegex("^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) (/|https?://)", RegexOptions.CultureInvariant)]
    private static partial Regex SimpleRequest();

    // POST / HTTP/1.1            HTTP/1.1 200 OK            OPTIONS sip:joe@example.org SIP/2.0
    [GeneratedRegex(@"^[!-~]+ [!-~]+ (?<name>HTTP|RTSP|SIP)/\d(\.\d)?$|^(?<name>HTTP|RTSP|SIP)/\d(\.\d)? ", RegexOptions.CultureInvariant)]
    private static partial Regex StartLine();
}
