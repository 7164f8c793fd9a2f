using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions.Limits;
using Conference.Media;
using Conference.Node.Akka.Remoting;
using Conference.Node.Files;
using Conference.Node.Qcvc.Tls;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Webhooks;
using Conference.Protocol.Addresses;
using Npgsql;

namespace Conference.Node.Settings;

/// <summary>Every setting there is, with its default and what it may be.</summary>
public sealed record NodeSettings
{
    private static readonly Lazy<IReadOnlyCollection<string>> _keys = new(() =>
    {
        var values = new SettingValues(new ConfigurationBuilder().Build());
        ReadAll(values);
        return values.Known;
    });

    public required QcvcSettings Qcvc { get; init; }

    /// <summary><c>Limits:*</c></summary>
    public required ClientLimits Limits { get; init; }

    public required RoomOptions Rooms { get; init; }

    public required MediaOptions Media { get; init; }

    public required HttpSettings Http { get; init; }

    public required WebSettings Web { get; init; }

    public required StoreSettings Store { get; init; }

    public required ClusterSettings Cluster { get; init; }

    public required AuthSettings Auth { get; init; }

    /// <summary>Null where there is no TLS.</summary>
    public required TlsSettings? Tls { get; init; }

    /// <summary>Null where telemetry is only looked at, not sent.</summary>
    public required OtlpSettings? Otlp { get; init; }

    /// <summary><c>Calls:KeepDays</c>: how long call records are kept after their end; null is for ever.</summary>
    public required TimeSpan? CallRetention { get; init; }

    /// <summary><c>Webhooks:*</c></summary>
    public required WebhookSettings Webhooks { get; init; }

    /// <summary><c>Node:DrainSeconds</c>: how long the sessions of a node that drains have to go on elsewhere.</summary>
    public required TimeSpan DrainLimit { get; init; }

    /// <summary><c>Log:Format</c>: how log lines are written.</summary>
    public required LogFormat LogFormat { get; init; }

    /// <summary><c>Node:Name</c>: in logs, metrics and the console.</summary>
    public required string Name { get; init; }

    /// <summary>Every key there is.</summary>
    public static IReadOnlyCollection<string> Keys => _keys.Value;

    /// <exception cref="SettingsException">Something is wrong; it names every wrong key.</exception>
    public static NodeSettings Read(IConfigurationRoot configuration)
    {
        var values = new SettingValues(configuration);
        var settings = ReadAll(values);
        // One of a cluster: what members of other nodes send comes by trunk.
        if (settings.Store.Postgres is not null)
            settings = settings with { Media = settings.Media with { Trunk = settings.Cluster.Trunk } };
        values.RefuseUnknownKeys();
        return values.Errors.Count == 0 ? settings : throw new SettingsException(values.Errors);
    }

    /// <summary>Where clients reach this node, as others tell them: a host, and its port behind it where that is not 4321.</summary>
    public string ClientHost
    {
        get
        {
            if (Qcvc.Advertise is { } advertised)
                return advertised;
            string host = Qcvc.Domains is [not "*" and { } domain, ..] ? domain : (Qcvc.Address.IsEvery() ? Cluster.Advertise : Qcvc.Address).ToString();
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
        return (local ?? IPAddress.Loopback).Plain().ToString();
    }

    private static NodeSettings ReadAll(SettingValues values) => new()
    {
        Qcvc = new QcvcSettings(
            values.Number("Qcvc:Port", QcvcSettings.WellKnownPort, 0, 65535),
            values.OptionalPort("Qcvc:TlsPort"),
            values.Address("Qcvc:Address", IPAddress.Any),
            values.HostAndPort("Qcvc:Advertise"),
            values.Domains("Qcvc:Domains"),
            values.Networks("Qcvc:TrustedProxies"),
            values.Number("Qcvc:MaxSessions", 50_000, 1, 10_000_000),
            TimeSpan.FromMinutes(values.Number("Qcvc:IdleMinutes", 30, 1, 100_000)),
            values.Flag("Qcvc:Roaming", true))
        {
            Aliases = values.Aliases("Qcvc:Aliases"),
        },
        Limits = new ClientLimits
        {
            AddressSessions = values.OptionalNumber("Limits:AddressSessions", 500, 1, 10_000_000),
            Session = new CommandLimits
            {
                Send = values.Rate("Limits:SessionSend", new RateLimit(10, 100)),
                Conn = values.Rate("Limits:SessionConn", new RateLimit(2, 128)),
                Auth = values.Rate("Limits:SessionAuth", new RateLimit(0.5, 30)),
            },
            Address = new CommandLimits
            {
                Send = values.Rate("Limits:AddressSend", new RateLimit(200, 2000)),
                Conn = values.Rate("Limits:AddressConn", new RateLimit(20, 1000)),
                Auth = values.Rate("Limits:AddressAuth", new RateLimit(10, 500)),
            },
        },
        Rooms = new RoomOptions(values.Flag("Rooms:OnDemand", true), values.Number("Rooms:MaxMembers", 1000, 1, 1_000_000)),
        Media = new MediaOptions
        {
            Ports = values.Ports("Media:Ports", (11000, 19999)),
            Address = values.Address("Media:Address", IPAddress.Any),
            Loops = values.Number("Media:Loops", Environment.ProcessorCount, 1, 256),
            Offload = values.Choice("Media:Offload", "auto", "off") == "off" ? OffloadMode.Off : OffloadMode.Auto,
            Web = values.OptionalNumber("Web:Port", WebSettings.DefaultPort, 0, 65535) is { } port ? new WebOptions(port) : null,
        },
        Http = ReadHttp(values),
        Web = new WebSettings(values.Host("Web:Advertise"), values.Origins("Web:Origins")),
        Store = new StoreSettings(values.Text("Store:Path", 1, 4096) ?? "data/conference.db", values.Text("Store:Postgres", 1, 4096)),
        Cluster = ReadCluster(values),
        Auth = new AuthSettings(
            values.Choice("Auth:Mode", "open", "required") == "required", ReadJwtKey(values, "Auth:JwtKey"), values.Text("Auth:Audience", 1, 512), ReadAuthority(values, "Auth:Authority")),
        Tls = ReadTls(values, "Tls:Certificate", "Tls:Key", "Qcvc:TlsPort"),
        Otlp = ReadOtlp(values, "Telemetry:Otlp", "Telemetry:OtlpProtocol", "Telemetry:TraceRatio"),
        CallRetention = values.Number("Calls:KeepDays", 0, 0, 100_000) is > 0 and int days ? TimeSpan.FromDays(days) : null,
        Webhooks = new WebhookSettings(
            values.Flag("Webhooks:AllowPrivate", false),
            TimeSpan.FromSeconds(values.Number("Webhooks:RetrySeconds", 86_400, 1, 30 * 86_400)),
            TimeSpan.FromHours(values.Number("Webhooks:KeepHours", 24, 1, 24 * 365)),
            TimeSpan.FromDays(values.Number("Webhooks:KeepDeadDays", 30, 1, 3650))),
        DrainLimit = TimeSpan.FromSeconds(values.Number("Node:DrainSeconds", 60, 0, 86_400)),
        LogFormat = Enum.Parse<LogFormat>(values.Choice("Log:Format", "auto", "text", "json"), ignoreCase: true),
        Name = values.Text("Node:Name", 1, 128) ?? Dns.GetHostName(),
    };

    private static ClusterSettings ReadCluster(SettingValues values)
    {
        var advertise = values.OptionalAddress("Cluster:Advertise") ?? OwnAddresses.First();
        if (advertise.IsEvery())
            advertise = values.Wrong("Cluster:Advertise", "an address that other nodes can reach", IPAddress.Loopback);
        // An address that is not this machine's own is one of its NAT, and what comes in there arrives at any.
        var address = values.OptionalAddress("Cluster:Address") ?? (OwnAddresses.Contains(advertise) ? advertise : IPAddress.Any);
        return new ClusterSettings(
            values.Number("Cluster:Port", 4330, 0, 65535), address, advertise, values.Text("Cluster:Secret", 16, 512),
            ReadClusterTls(values, "Cluster:Certificate", "Cluster:Key", "Cluster:Authority"));
    }

    private static HttpSettings ReadHttp(SettingValues values)
    {
        bool hasOwn = values.Raw("Http:Certificate") is not null || values.Raw("Http:Key") is not null;
        bool hasTls = values.Raw("Tls:Certificate") is not null;
        var own = hasOwn || !hasTls ? ReadTls(values, "Http:Certificate", "Http:Key", "Http:TlsPort") : null;
        int? port = own is not null ? values.OptionalNumber("Http:TlsPort", HttpSettings.DefaultTlsPort, 0, 65535)
            : hasTls && values.Raw("Http:TlsPort") is not null ? values.OptionalNumber("Http:TlsPort", HttpSettings.DefaultTlsPort, 0, 65535) : null;
        return new HttpSettings(
            values.Number("Http:Port", 8080, 0, 65535), values.Address("Http:Address", IPAddress.Loopback), values.Text("Http:AdminToken", 8, 512),
            ReadUrl(values, "Http:Advertise"))
        {
            TlsPort = port,
            Tls = own,
        };
    }

    private static TlsSettings? ReadTls(SettingValues values, string certificate, string key, string port)
    {
        string? certificatePath = values.Text(certificate, 1, 4096);
        string? keyPath = values.Text(key, 1, 4096);
        if (certificatePath is null && keyPath is null)
            return values.Raw(port) is null or "off" ? null : values.Wrong(certificate, $"set for {port}", (TlsSettings?)null);
        if (certificatePath is null || keyPath is null)
            return values.Wrong(certificatePath is null ? certificate : key, "set too: a certificate and its key belong together", (TlsSettings?)null);
        return values.IsGood(files => ServerCertificate.Read(files, certificate.Split(':')[0]), (certificate, certificatePath), (key, keyPath)) ? new TlsSettings(certificatePath, keyPath) : null;
    }

    private static ClusterTlsSettings? ReadClusterTls(SettingValues values, string certificate, string key, string authority)
    {
        string[] keys = [certificate, key, authority];
        string?[] paths = [.. keys.Select(k => values.Text(k, 1, 4096))];
        if (Array.TrueForAll(paths, p => p is null))
            return null;
        foreach (var (_, missing) in keys.Index().Where(k => paths[k.Index] is null))
            values.Wrong(missing, "set too: a certificate, its key and the authority of all nodes' certificates belong together", 0);
        if (paths is not [{ } certificatePath, { } keyPath, { } authorityPath])
            return null;
        return values.IsGood(NodeCredentials.Read, (certificate, certificatePath), (key, keyPath), (authority, authorityPath))
            ? new ClusterTlsSettings(certificatePath, keyPath, authorityPath)
            : null;
    }

    private static string? ReadJwtKey(SettingValues values, string key)
    {
        if (values.Text(key, 1, 4096) is not { } setting)
            return null;
        try
        {
            _ = KeyReader.IsPath(setting) ? KeyReader.ReadFile(SmallFile.Read(setting)).Keys : KeyReader.ReadSecret(setting);
            return setting;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return values.Wrong(key, "a secret of at least 32 bytes, or the path of a PEM public key or a JWKS (RSA of 2048 bits or more, or P-256)", (string?)null);
        }
    }

    private static string? ReadAuthority(SettingValues values, string key)
    {
        if (values.Raw(key) is not { } text)
            return null;
        return Issuer.IsSafe(text) && new Uri(text) is { UserInfo: "", Query: "", Fragment: "" }
            ? text.TrimEnd('/')
            : values.Wrong(key, "the URL of an issuer, like https://id.example.org; http:// only on this machine", (string?)null);
    }

    private static string? ReadUrl(SettingValues values, string key)
    {
        if (values.Raw(key) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" }
            ? url.ToString()
            : values.Wrong(key, "a URL, like https://node-1.example.org/", (string?)null);
    }

    private static OtlpSettings? ReadOtlp(SettingValues values, string endpoint, string protocol, string traceRatio)
    {
        bool isHttp = values.Choice(protocol, "grpc", "http") == "http";
        double ratio = values.Ratio(traceRatio, 1);
        if (values.Raw(endpoint) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new OtlpSettings(uri, isHttp, ratio)
            : values.Wrong(endpoint, "a URL, like http://collector:4317", (OtlpSettings?)null);
    }
}

/// <summary><c>Log:Format</c></summary>
public enum LogFormat
{
    /// <summary>JSON where standard output is redirected, text on a terminal.</summary>
    Auto,

    /// <summary>A line for each entry, for people.</summary>
    Text,

    /// <summary>A JSON object for each entry, for collectors.</summary>
    Json,
}

/// <param name="Port"><c>Qcvc:Port</c>; 0 takes any free one.</param>
/// <param name="TlsPort"><c>Qcvc:TlsPort</c>; null is off, 0 takes any free one.</param>
/// <param name="Address"><c>Qcvc:Address</c>; 0.0.0.0 and :: both mean every address of both families.</param>
/// <param name="Advertise"><c>Qcvc:Advertise</c>: where clients reach this node, <c>host</c> or <c>host:port</c>; null is worked out of the rest.</param>
/// <param name="Domains"><c>Qcvc:Domains</c>: the default domain first, then those that exist from the start.</param>
/// <param name="TrustedProxies"><c>Qcvc:TrustedProxies</c>: whose PROXY headers are believed, and asked for.</param>
/// <param name="MaxSessions"><c>Qcvc:MaxSessions</c></param>
/// <param name="IdleLimit"><c>Qcvc:IdleMinutes</c></param>
/// <param name="Roaming"><c>Qcvc:Roaming</c>: media may move to another address.</param>
public sealed record QcvcSettings(
    int Port, int? TlsPort, IPAddress Address, string? Advertise, IReadOnlyList<string> Domains, IReadOnlyList<IPNetwork> TrustedProxies, int MaxSessions,
    TimeSpan IdleLimit, bool Roaming)
{
    /// <summary><c>Qcvc:Aliases</c>: other names for domains, and which.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Aliases { get; init; } = [];

    /// <summary>The port a client tries when it is told none.</summary>
    public const int WellKnownPort = 4321;
}

/// <param name="Port"><c>Http:Port</c>; 0 takes any free one.</param>
/// <param name="Address"><c>Http:Address</c></param>
/// <param name="AdminToken"><c>Http:AdminToken</c>; null has one made at start.</param>
/// <param name="Advertise"><c>Http:Advertise</c>: the URL at which browsers reach the console; null is worked out.</param>
public sealed record HttpSettings(int Port, IPAddress Address, string? AdminToken, string? Advertise = null)
{
    public const int DefaultTlsPort = 8443;

    /// <summary><c>Http:TlsPort</c>; null for no HTTPS.</summary>
    public int? TlsPort { get; init; }

    /// <summary><c>Http:Certificate</c>, <c>Http:Key</c>: what HTTPS shows; null for <see cref="NodeSettings.Tls"/>.</summary>
    public TlsSettings? Tls { get; init; }

    public override string ToString() => $"Http {{ Port = {Port}, Address = {Address} }}";
}

/// <summary>How browsers reach this node; <c>Web:Port</c> is in <see cref="MediaOptions.Web"/>.</summary>
/// <param name="Advertise"><c>Web:Advertise</c>: the address or name that they are told to send media to; null is the address their request came to.</param>
/// <param name="Origins"><c>Web:Origins</c>: sites, beside this node's own pages, whose pages may join by it.</param>
public sealed record WebSettings(string? Advertise, IReadOnlyList<string> Origins)
{
    public const int DefaultPort = 11443;
}

/// <param name="Path"><c>Store:Path</c>: the SQLite file.</param>
/// <param name="Postgres"><c>Store:Postgres</c>: a connection string instead of it.</param>
public sealed record StoreSettings(string Path, string? Postgres)
{
    /// <summary>Where the data lies, for people: without a user and a password.</summary>
    public string Place
    {
        get
        {
            if (Postgres is null)
                return System.IO.Path.GetFullPath(Path);
            var database = new NpgsqlConnectionStringBuilder(Postgres);
            return $"PostgreSQL, {database.Host}/{database.Database}";
        }
    }

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
        !Address.IsEvery() ? Address
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
