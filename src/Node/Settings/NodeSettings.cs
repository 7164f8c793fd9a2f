using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Rooms;
using Conference.Media;

namespace Conference.Node.Settings;

/// <summary>Every setting there is, with its default. Read and checked as a whole by <see cref="SettingsReader"/>.</summary>
public sealed record NodeSettings
{
    public required QcvcSettings Qcvc { get; init; }

    public required RoomOptions Rooms { get; init; }

    public required MediaOptions Media { get; init; }

    public required HttpSettings Http { get; init; }

    public required StoreSettings Store { get; init; }

    public required ClusterSettings Cluster { get; init; }

    public required AuthSettings Auth { get; init; }

    /// <summary>Null where there is no TLS.</summary>
    public required TlsSettings? Tls { get; init; }

    /// <summary>Null where telemetry is only looked at, not sent.</summary>
    public required OtlpSettings? Otlp { get; init; }

    /// <summary><c>Calls:KeepDays</c>: how long call records are kept after their end; null is for ever.</summary>
    public required TimeSpan? CallRetention { get; init; }

    /// <summary><c>Node:DrainSeconds</c>: how long the sessions of a node that drains have to go on elsewhere.</summary>
    public required TimeSpan DrainLimit { get; init; }

    /// <summary><c>Node:Name</c>: in logs, metrics and the console.</summary>
    public required string Name { get; init; }

    /// <summary>Where clients reach this node, as others tell them: a host, and its port behind it where that is not 4321.</summary>
    public string ClientHost
    {
        get
        {
            if (Qcvc.Advertise is { } advertised)
                return advertised;
            bool isEvery = Qcvc.Address.Equals(IPAddress.Any) || Qcvc.Address.Equals(IPAddress.IPv6Any);
            string host = Qcvc.Domains is [not "*" and { } domain, ..] ? domain : (isEvery ? Cluster.Advertise : Qcvc.Address).ToString();
            if (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
                host = $"[{host}]";
            return Qcvc.Port == QcvcSettings.WellKnownPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Qcvc.Port}");
        }
    }

    /// <summary>What a client that has not yet said a host is shown as ours.</summary>
    public string HostFor(IPAddress? local)
    {
        if (Qcvc.Domains.FirstOrDefault(d => d != "*") is { } domain)
            return domain;
        var address = local ?? IPAddress.Loopback;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}

/// <param name="Port"><c>Qcvc:Port</c>; 0 takes any free one.</param>
/// <param name="TlsPort"><c>Qcvc:TlsPort</c>; null is off, 0 takes any free one.</param>
/// <param name="Address"><c>Qcvc:Address</c>; 0.0.0.0 and :: both mean every address of both families.</param>
/// <param name="Advertise"><c>Qcvc:Advertise</c>: where clients reach this node, <c>host</c> or <c>host:port</c>; null is worked out of the rest.</param>
/// <param name="Domains"><c>Qcvc:Domains</c></param>
/// <param name="MaxSessions"><c>Qcvc:MaxSessions</c></param>
/// <param name="IdleLimit"><c>Qcvc:IdleMinutes</c></param>
public sealed record QcvcSettings(
    int Port, int? TlsPort, IPAddress Address, string? Advertise, IReadOnlyList<string> Domains, int MaxSessions, TimeSpan IdleLimit)
{
    /// <summary>The port a client tries when it is told none.</summary>
    public const int WellKnownPort = 4321;
}

/// <param name="Port"><c>Http:Port</c>; 0 takes any free one.</param>
/// <param name="Address"><c>Http:Address</c></param>
/// <param name="AdminToken"><c>Http:AdminToken</c>; null has one made at start.</param>
public sealed record HttpSettings(int Port, IPAddress Address, string? AdminToken)
{
    public override string ToString() => $"Http {{ Port = {Port}, Address = {Address} }}";
}

/// <param name="Path"><c>Store:Path</c>: the SQLite file.</param>
/// <param name="Postgres"><c>Store:Postgres</c>: a connection string instead of it.</param>
public sealed record StoreSettings(string Path, string? Postgres)
{
    public override string ToString() => $"Store {{ Path = {Path} }}";
}

/// <param name="Port"><c>Cluster:Port</c>: TCP of the remoting between nodes, and the first UDP port of the trunks between them; 0 takes any free one.</param>
/// <param name="Address"><c>Cluster:Address</c>: where those listen.</param>
/// <param name="Advertise"><c>Cluster:Advertise</c>: where the other nodes find them.</param>
/// <param name="Secret"><c>Cluster:Secret</c>: seals the key that the database keeps; null leaves it open to who reads the database.</param>
/// <param name="Tls">Null where nodes prove by the secret alone who they are.</param>
public sealed record ClusterSettings(int Port, IPAddress Address, IPAddress Advertise, string? Secret, ClusterTlsSettings? Tls)
{
    /// <summary>Where trunks listen: a socket is of the family that the others are told.</summary>
    public TrunkOptions Trunk => new(
        !Address.Equals(IPAddress.Any) && !Address.Equals(IPAddress.IPv6Any) ? Address
            : Advertise.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any,
        Port) { Advertise = Advertise };

    public override string ToString() => $"Cluster {{ Port = {Port}, Address = {Address}, Advertise = {Advertise} }}";
}

/// <param name="Certificate"><c>Cluster:Certificate</c>: path of this node's PEM certificate, its chain behind it; shown both as server and as client.</param>
/// <param name="Key"><c>Cluster:Key</c>: path of its private key, PEM.</param>
/// <param name="Authority"><c>Cluster:Authority</c>: path of the PEM certificates that every node's must come from.</param>
public sealed record ClusterTlsSettings(string Certificate, string Key, string Authority);

/// <param name="IsRequired"><c>Auth:Mode</c> is <c>required</c>: guests may look and no more.</param>
/// <param name="JwtKey"><c>Auth:JwtKey</c>: an HS256 key, or the path of a PEM public key or a JWKS.</param>
/// <param name="Audience"><c>Auth:Audience</c>: who tokens must be meant for.</param>
/// <param name="Authority"><c>Auth:Authority</c>: the URL of an OpenID Connect issuer, no slash behind it.</param>
public sealed record AuthSettings(bool IsRequired, string? JwtKey, string? Audience, string? Authority)
{
    public override string ToString() => $"Auth {{ IsRequired = {IsRequired} }}";
}

/// <param name="Endpoint"><c>Telemetry:Otlp</c>: an OpenTelemetry collector.</param>
/// <param name="IsHttp"><c>Telemetry:OtlpProtocol</c> is <c>http</c>: protobuf over HTTP; otherwise gRPC.</param>
/// <param name="TraceRatio"><c>Telemetry:TraceRatio</c>: the part of traces that is recorded, 0 to 1.</param>
public sealed record OtlpSettings(Uri Endpoint, bool IsHttp, double TraceRatio = 1);

/// <param name="Certificate"><c>Tls:Certificate</c>: path of a PEM certificate, its chain behind it.</param>
/// <param name="Key"><c>Tls:Key</c>: path of its private key, PEM.</param>
public sealed record TlsSettings(string Certificate, string Key);
