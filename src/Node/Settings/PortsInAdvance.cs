using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Media;
using Conference.Protocol.Addresses;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Conference.Node.Settings;

/// <summary>
/// The ports of the settings, taken before anything is made: who cannot have one hears which setting it is, and leaves no store behind. "Any free port" of QCVC is
/// chosen here too, since others are sent to it once the node is in its cluster. <c>Cluster:Port</c> is only tried: a node waits for the one before it at its address to end.
/// </summary>
internal sealed class PortsInAdvance
{
    private readonly Dictionary<IPEndPoint, Taken> _taken = [];

    private PortsInAdvance()
    {
    }

    /// <returns>The ports, and the settings with the ports of QCVC that were chosen where they say 0.</returns>
    /// <exception cref="SettingsException">Two settings name one port.</exception>
    /// <exception cref="PortException">A port is in use, not allowed, or at an address of another machine.</exception>
    public static (PortsInAdvance Ports, NodeSettings Settings) Take(NodeSettings settings)
    {
        var ports = new PortsInAdvance();
        int qcvc = ports.Take("Qcvc:Port", settings.Qcvc.Address, settings.Qcvc.Port);
        int? tls = settings.Qcvc.TlsPort is { } wanted ? ports.Take("Qcvc:TlsPort", settings.Qcvc.Address, wanted) : null;
        if (settings.Http.Port != 0)
            ports.Take("Http:Port", settings.Http.Address, settings.Http.Port);
        if (settings.Http.TlsPort is > 0 and int https)
            ports.Take("Http:TlsPort", settings.Http.Address, https);
        TryMedia(settings.Media);
        TryWeb(settings.Media);
        return (ports, settings with { Qcvc = settings.Qcvc with { Port = qcvc, TlsPort = tls } });
    }

    /// <summary>What Kestrel is to listen on.</summary>
    /// <exception cref="PortException">Another process listens there since.</exception>
    public Socket Listen(EndPoint endPoint)
    {
        if (endPoint is not IPEndPoint wanted || !_taken.Remove(wanted, out var taken))
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        // A port that is only bound is no one's alone (.NET sets SO_REUSEADDR): of two nodes that start together the second to listen fails, here, where the
        // setting is known.
        PortException.Guard(taken.Setting, wanted, taken.Socket.Listen);
        return taken.Socket;
    }

    /// <summary>Whether the port between nodes could be had now.</summary>
    /// <returns>Why not; null where it could, and where any would do.</returns>
    public static PortException? TryCluster(ClusterSettings cluster)
    {
        if (cluster.Port == 0)
            return null;
        var endPoint = new IPEndPoint(cluster.Address, cluster.Port);
        try
        {
            PortException.Guard("Cluster:Port", endPoint, () =>
            {
                // Bound and given up: to listen, be it for a moment, would answer those who look whether a node lives here.
                using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(endPoint);
            });
            return null;
        }
        catch (PortException e)
        {
            return e;
        }
    }

    private int Take(string setting, IPAddress address, int port)
    {
        var socket = Bind(setting, address, port);
        // One that was chosen must not be given to anybody else. Others are refused until Kestrel listens, so that their clients try another node.
        if (port == 0)
            socket.Listen();
        var endPoint = (IPEndPoint)socket.LocalEndPoint!;
        _taken[endPoint] = new Taken(setting, socket);
        return endPoint.Port;
    }

    private Socket Bind(string setting, IPAddress address, int port)
    {
        var endPoint = new IPEndPoint(address.IsEvery() ? Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any : address, port);
        if (_taken.FirstOrDefault(t => t.Key.Port == port && Overlap(t.Key.Address, endPoint.Address)).Value is { } other)
            throw new SettingsException([$"{setting} must be another port than {other.Setting}"]);
        return PortException.Guard(setting, endPoint, () => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint));
    }

    /// <summary>Numbers of the range that somebody else has are passed over when a client connects; one must be left.</summary>
    private static void TryMedia(MediaOptions media)
    {
        SocketException? last = null;
        for (int port = media.Ports.First; port <= media.Ports.Last; port++)
        {
            try
            {
                using var socket = new Socket(media.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(media.Address, port));
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                last = e;
            }
            catch (SocketException e)
            {
                throw new PortException("Media:Ports", new IPEndPoint(media.Address, port), e);
            }
        }

        string range = string.Create(CultureInfo.InvariantCulture, $"{media.Ports.First}-{media.Ports.Last}");
        throw new PortException($"Media:Ports {range}: every one of these UDP ports is in use by another process, or not allowed; choose others", last!);
    }

    /// <summary>By UDP and by TCP. It may be one of <c>Media:Ports</c>, which are passed over where somebody has them.</summary>
    private static void TryWeb(MediaOptions media)
    {
        if (media.Web is not { Port: > 0 and var port })
            return;
        var endPoint = new IPEndPoint(media.Address, port);
        PortException.Guard("Web:Port", endPoint, () =>
        {
            using var udp = new Socket(media.Address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(endPoint);
            using var tcp = new Socket(media.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(endPoint);
            tcp.Listen();
        });
    }

    private static bool Overlap(IPAddress one, IPAddress other) => one.IsEvery() || other.IsEvery() || one.Equals(other);

    private sealed record Taken(string Setting, Socket Socket);
}

/// <summary>
/// A port of the settings cannot be had; <see cref="Exception.Message"/> names the setting. An <see cref="IOException"/>, since after any other Kestrel would try
/// the same port at IPv4 alone.
/// </summary>
public sealed class PortException : IOException
{
    public PortException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <param name="setting">Such as <c>Qcvc:Port</c>.</param>
    /// <param name="endPoint">Where it was tried.</param>
    /// <param name="why">What the system said.</param>
    public PortException(string setting, IPEndPoint endPoint, SocketException why)
        : this(Describe(setting, endPoint, why), (Exception)why)
    {
    }

    internal static void Guard(string setting, IPEndPoint endPoint, Action listen) => Guard(setting, endPoint, () =>
    {
        listen();
        return 0;
    });

    internal static T Guard<T>(string setting, IPEndPoint endPoint, Func<T> listen)
    {
        try
        {
            return listen();
        }
        catch (SocketException e)
        {
            throw new PortException(setting, endPoint, e);
        }
    }

    private static string Describe(string setting, IPEndPoint endPoint, SocketException why)
    {
        string port = string.Create(CultureInfo.InvariantCulture, $"{setting} {endPoint.Port}");
        return why.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"{port}: address already in use; stop the other process, or give this one another --{setting}",
            SocketError.AccessDenied => $"{port} is not allowed to this user: choose one above 1023",
            SocketError.AddressNotAvailable => $"{setting[..setting.IndexOf(':', StringComparison.Ordinal)]}:Address {endPoint.Address} is not an address of this machine",
            _ => $"{port} cannot be listened on: {why.Message}",
        };
    }
}
