using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using Conference.Protocol.Addresses;
using Conference.Protocol.Framing;

namespace Conference.Node.Qcvc.Proxies;

/// <summary>What a proxy says of the connection it has taken.</summary>
/// <param name="Client">Where that came from.</param>
/// <param name="Local">Where it was taken.</param>
public sealed record ProxiedConnection(IPAddress Client, IPAddress Local);

/// <summary>
/// The header of the PROXY protocol, versions 1 and 2: what a load balancer says first on a connection it hands on. Pure, and throws for nothing a peer says.
/// </summary>
public static class ProxyHeader
{
    /// <summary>Of version 1, its ending included.</summary>
    private const int MaxLine = 107;

    /// <summary>Of version 2, in front of the addresses.</summary>
    private const int FixedBytes = 16;

    /// <summary>Addresses and whatever a proxy adds to them.</summary>
    private const int MaxBody = 4096;

    private static readonly byte[] _line = "PROXY "u8.ToArray();

    /// <param name="received">The connection's first bytes, as many as have come.</param>
    /// <param name="length">Of the header in bytes, once it is whole.</param>
    /// <param name="connection">Null for a connection of the proxy's own (a health check), and for one of which it does not say where it came from.</param>
    /// <returns>True for a whole header, false for something else, null where more must come first.</returns>
    public static bool? TryRead(in ReadOnlySequence<byte> received, out int length, out ProxiedConnection? connection)
    {
        (length, connection) = (0, null);
        byte[] bytes = received.Slice(0, Math.Min(received.Length, FixedBytes + MaxBody)).ToArray();
        if (StartsLike(bytes, ForeignProtocols.ProxySignature))
            return bytes.Length < FixedBytes ? null : TryBinary(bytes, out length, out connection);
        if (!StartsLike(bytes, _line))
            return false;
        int end = bytes.AsSpan(0, Math.Min(bytes.Length, MaxLine)).IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length < MaxLine ? null : false;
        length = end + 2;
        return TryLine(Encoding.ASCII.GetString(bytes, 0, end), out connection);
    }

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start)
    {
        int common = Math.Min(bytes.Length, start.Length);
        return bytes[..common].SequenceEqual(start[..common]);
    }

    // PROXY TCP4 192.0.2.7 198.51.100.1 51234 4321        PROXY UNKNOWN
    private static bool TryLine(string line, out ProxiedConnection? connection)
    {
        connection = null;
        string[] words = line.Split(' ');
        if (words[1] == "UNKNOWN")
            return true;
        if (words is not ["PROXY", "TCP4" or "TCP6", var from, var to, var fromPort, var toPort] || !IsPort(fromPort) || !IsPort(toPort))
            return false;
        bool isV6 = words[1] == "TCP6";
        if (!TryAddress(from, isV6, out var client) || !TryAddress(to, isV6, out var local))
            return false;
        connection = new ProxiedConnection(client, local);
        return true;
    }

    private static bool? TryBinary(ReadOnlySpan<byte> bytes, out int length, out ProxiedConnection? connection)
    {
        connection = null;
        int body = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        length = FixedBytes + body;
        if (body > MaxBody)
            return false;
        if (bytes.Length < length)
            return null;
        var addresses = bytes[FixedBytes..length];
        switch (bytes[12], bytes[13])
        {
            // LOCAL, and PROXY of an unknown family.
            case (0x20, _):
            case (0x21, 0x00):
                return true;
            // TCP over IPv4, and over IPv6: addresses, then ports, then whatever the proxy adds.
            case (0x21, 0x11) when body >= 12:
                connection = new ProxiedConnection(new IPAddress(addresses[..4]), new IPAddress(addresses[4..8]));
                return true;
            case (0x21, 0x21) when body >= 36:
                connection = new ProxiedConnection(new IPAddress(addresses[..16]).Plain(), new IPAddress(addresses[16..32]).Plain());
                return true;
            default:
                return false;
        }
    }

    /// <summary>One of IPv4 that is written as one of IPv6 is one of IPv4.</summary>
    private static bool TryAddress(string text, bool isV6, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return text.Contains(':', StringComparison.Ordinal) == isV6 && ServedHosts.TryParseAddress(text, out address);
    }

    private static bool IsPort(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535;
}
