using System.Net;
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

    /// <summary><c>Node:Name</c>: in logs, metrics and the console.</summary>
    public required string Name { get; init; }
}

/// <param name="Port"><c>Qcvc:Port</c>; 0 takes any free one.</param>
/// <param name="TlsPort"><c>Qcvc:TlsPort</c>; null is off, 0 takes any free one.</param>
/// <param name="Address"><c>Qcvc:Address</c>; 0.0.0.0 and :: both mean every address of both families.</param>
/// <param name="Domains"><c>Qcvc:Domains</c></param>
/// <param name="MaxSessions"><c>Qcvc:MaxSessions</c></param>
/// <param name="IdleLimit"><c>Qcvc:IdleMinutes</c></param>
public sealed record QcvcSettings(int Port, int? TlsPort, IPAddress Address, IReadOnlyList<string> Domains, int MaxSessions, TimeSpan IdleLimit);

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

/// <param name="Port"><c>Cluster:Port</c></param>
/// <param name="Advertise"><c>Cluster:Advertise</c>; null is the first address.</param>
/// <param name="Secret"><c>Cluster:Secret</c>; null has one made and kept in the database.</param>
public sealed record ClusterSettings(int Port, IPAddress? Advertise, string? Secret)
{
    public override string ToString() => $"Cluster {{ Port = {Port}, Advertise = {Advertise} }}";
}

/// <param name="IsRequired"><c>Auth:Mode</c> is <c>required</c>: guests may look and no more.</param>
/// <param name="JwtKey"><c>Auth:JwtKey</c>: an HS256 key, or the path of a PEM public key or a JWKS.</param>
/// <param name="Audience"><c>Auth:Audience</c>: who tokens must be meant for.</param>
public sealed record AuthSettings(bool IsRequired, string? JwtKey, string? Audience)
{
    public override string ToString() => $"Auth {{ IsRequired = {IsRequired} }}";
}

/// <param name="Endpoint"><c>Telemetry:Otlp</c>: an OpenTelemetry collector.</param>
/// <param name="IsHttp"><c>Telemetry:OtlpProtocol</c> is <c>http</c>: protobuf over HTTP; otherwise gRPC.</param>
public sealed record OtlpSettings(Uri Endpoint, bool IsHttp);

/// <param name="Certificate"><c>Tls:Certificate</c>: path of a PEM certificate, its chain behind it.</param>
/// <param name="Key"><c>Tls:Key</c>: path of its private key, PEM.</param>
public sealed record TlsSettings(string Certificate, string Key);
