using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Conference.Protocol.Addresses;

namespace Conference.Client;

/// <summary>
/// Whom to reach and where: <c>standup@example.org</c>, <c>standup@[::1]:4322</c>, <c>standup@::1</c>, or a server alone
/// (<c>127.0.0.1:4322</c>). The port is for the TCP connection only; behind the <c>@</c> the protocol has none.
/// </summary>
/// <param name="Name">Before the <c>@</c>, empty where only a server was named.</param>
/// <param name="Host">As it stands behind the <c>@</c> in commands; an IPv6 address keeps its brackets.</param>
/// <param name="Port">TCP.</param>
public sealed record QcvcAddress(string Name, string Host, int Port)
{
    public const int DefaultPort = 4321;

    /// <summary>The host as a resolver wants it: without brackets.</summary>
    public string Endpoint => Host.StartsWith('[') && Host.EndsWith(']') ? Host[1..^1] : Host;

    /// <summary>What commands say.</summary>
    public Target Target => new(Name, Host);

    public override string ToString() => Name.Length == 0 ? Host : $"{Name}@{Host}";

    /// <summary>
    /// A name as this server is to be told it: <c>joe</c> at a host that may be a domain is <c>joe@host</c>. At an address, and where it is said in full, it stays.
    /// </summary>
    public string Qualify(string name) =>
        name.Contains('@', StringComparison.Ordinal) || IPAddress.TryParse(Endpoint, out _) || Host.Equals(Domain.Localhost, StringComparison.OrdinalIgnoreCase)
            ? name
            : $"{name}@{Host}";

    /// <summary>address = [ name "@" ] host [ ":" port ]; the last <c>@</c> divides.</summary>
    public static bool TryParse(string? text, int defaultPort, bool needsName, [NotNullWhen(true)] out QcvcAddress? address)
    {
        address = null;
        if (string.IsNullOrWhiteSpace(text) || text.Any(c => char.IsControl(c) || c == ' '))
            return false;
        int at = text.LastIndexOf('@');
        string name = at < 0 ? "" : text[..at];
        if (at == 0 || (needsName && at < 0) || !TrySplit(text[(at + 1)..], defaultPort, out string host, out int port))
            return false;
        address = new QcvcAddress(name, host, port);
        return true;
    }

    private static bool TrySplit(string text, int defaultPort, out string host, out int port)
    {
        (host, port) = (text, defaultPort);
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0 || !IPAddress.TryParse(text[1..end], out _))
                return false;
            host = text[..(end + 1)];
            return end + 1 == text.Length || (text[end + 1] == ':' && TryPort(text[(end + 2)..], out port));
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return text.Length > 0;
        // More than one colon and no brackets: an IPv6 address, whole.
        if (text.LastIndexOf(':') != colon)
            return IPAddress.TryParse(text, out _);
        host = text[..colon];
        return host.Length > 0 && TryPort(text[(colon + 1)..], out port);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
