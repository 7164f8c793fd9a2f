using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Files;
using Conference.Protocol.Addresses;

namespace Conference.Node.Settings;

/// <summary>
/// Reads <see cref="NodeSettings"/> from plain .NET configuration and collects everything that is wrong with it, so that
/// an operator mends a file once and not once per key. A key of ours that does not exist is wrong too.
/// </summary>
public sealed partial class SettingsReader
{
    private readonly IConfiguration _configuration;
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    private SettingsReader(IConfiguration configuration) => _configuration = configuration;

    /// <exception cref="SettingsException">Something is wrong; it names every wrong key.</exception>
    public static NodeSettings Read(IConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var settings = reader.ReadAll();
        // One of a cluster: what members of other nodes send comes by trunk.
        if (settings.Store.Postgres is not null)
            settings = settings with { Media = settings.Media with { Trunk = settings.Cluster.Trunk } };
        reader.RefuseUnknownKeys();
        return reader._errors.Count == 0 ? settings : throw new SettingsException(reader._errors);
    }

    private NodeSettings ReadAll() => new()
    {
        Qcvc = new QcvcSettings(
            Number("Qcvc:Port", QcvcSettings.WellKnownPort, 0, 65535),
            OptionalPort("Qcvc:TlsPort"),
            Address("Qcvc:Address", IPAddress.Any),
            HostAndPort("Qcvc:Advertise"),
            Domains("Qcvc:Domains"),
            Number("Qcvc:MaxSessions", 50_000, 1, 10_000_000),
            TimeSpan.FromMinutes(Number("Qcvc:IdleMinutes", 30, 1, 100_000))),
        Rooms = new RoomOptions(Flag("Rooms:OnDemand", true), Number("Rooms:MaxMembers", 1000, 1, 1_000_000)),
        Media = new MediaOptions
        {
            Ports = Ports("Media:Ports", (11000, 19999)),
            Address = Address("Media:Address", IPAddress.Any),
            Loops = Number("Media:Loops", Environment.ProcessorCount, 1, 256),
            Offload = Choice("Media:Offload", "auto", "off") == "off" ? OffloadMode.Off : OffloadMode.Auto,
        },
        Http = new HttpSettings(
            Number("Http:Port", 8080, 0, 65535), Address("Http:Address", IPAddress.Loopback), Text("Http:AdminToken", 8, 512)),
        Store = new StoreSettings(Text("Store:Path", 1, 4096) ?? "data/conference.db", Text("Store:Postgres", 1, 4096)),
        Cluster = Cluster(),
        Auth = new AuthSettings(
            Choice("Auth:Mode", "open", "required") == "required", JwtKey("Auth:JwtKey"), Text("Auth:Audience", 1, 512), Authority("Auth:Authority")),
        Tls = Tls("Tls:Certificate", "Tls:Key", "Qcvc:TlsPort"),
        Otlp = Otlp("Telemetry:Otlp", "Telemetry:OtlpProtocol", "Telemetry:TraceRatio"),
        CallRetention = Number("Calls:KeepDays", 0, 0, 100_000) is > 0 and int days ? TimeSpan.FromDays(days) : null,
        DrainLimit = TimeSpan.FromSeconds(Number("Node:DrainSeconds", 60, 0, 86_400)),
        Name = Text("Node:Name", 1, 128) ?? Dns.GetHostName(),
    };

    private ClusterSettings Cluster()
    {
        var advertise = OptionalAddress("Cluster:Advertise") ?? OwnAddresses.First();
        if (advertise.Equals(IPAddress.Any) || advertise.Equals(IPAddress.IPv6Any))
            advertise = Wrong("Cluster:Advertise", "an address that other nodes can reach", IPAddress.Loopback);
        // An address that is not this machine's own is one of its NAT, and what comes in there arrives at any.
        var address = OptionalAddress("Cluster:Address") ?? (OwnAddresses.Contains(advertise) ? advertise : IPAddress.Any);
        return new ClusterSettings(
            Number("Cluster:Port", 4330, 0, 65535), address, advertise, Text("Cluster:Secret", 16, 512),
            ClusterTls("Cluster:Certificate", "Cluster:Key", "Cluster:Authority"));
    }

    private string? Raw(string key)
    {
        _known.Add(key);
        string? value = _configuration[key];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    /// <summary>What a key must be, never what it is: the value may be a secret.</summary>
    private T Wrong<T>(string key, string must, T fallback)
    {
        _errors.Add($"{key} must be {must}");
        return fallback;
    }

    private int Number(string key, int fallback, int least, int most)
    {
        if (Raw(key) is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : Wrong(key, $"a whole number from {least} to {most}", fallback);
    }

    private double Ratio(string key, double fallback)
    {
        if (Raw(key) is not { } text)
            return fallback;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= 1
            ? value
            : Wrong(key, "a number from 0 to 1", fallback);
    }

    private int? OptionalPort(string key) =>
        Raw(key) is null or "off" ? null : Number(key, 0, 0, 65535);

    private bool Flag(string key, bool fallback) => Raw(key)?.ToLowerInvariant() switch
    {
        null => fallback,
        "true" => true,
        "false" => false,
        _ => Wrong(key, "true or false", fallback),
    };

    private string Choice(string key, params string[] choices)
    {
        string value = Raw(key)?.ToLowerInvariant() ?? choices[0];
        return choices.Contains(value) ? value : Wrong(key, string.Join(" or ", choices), choices[0]);
    }

    private string? Text(string key, int least, int most)
    {
        string? value = Raw(key);
        return value is null || (value.Length >= least && value.Length <= most)
            ? value
            : Wrong(key, $"{least} to {most} characters long", (string?)null);
    }

    private IPAddress Address(string key, IPAddress fallback) => Raw(key) is null ? fallback : OptionalAddress(key) ?? fallback;

    private IPAddress? OptionalAddress(string key)
    {
        if (Raw(key) is not { } text)
            return null;
        return ServedHosts.TryParseAddress(text, out var address) ? address : Wrong(key, "an IPv4 or IPv6 address", (IPAddress?)null);
    }

    /// <returns>As it was said; an address and a port stand as <c>192.0.2.1:4321</c> or <c>[2001:db8::1]:4321</c>.</returns>
    private string? HostAndPort(string key)
    {
        if (Raw(key) is not { } text)
            return null;
        int colon = text.EndsWith(']') || ServedHosts.TryParseAddress(text, out _) ? -1 : text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        bool isHost = ServedHosts.TryParseAddress(host, out var address)
            ? address.AddressFamily != AddressFamily.InterNetworkV6 || text.StartsWith('[')
            : Uri.CheckHostName(host) == UriHostNameType.Dns;
        return isHost && (colon < 0 || TryPort(text[(colon + 1)..], out _))
            ? text
            : Wrong(key, "a host or a host and a port, like talk.example.org:4321 or [2001:db8::1]:4321", (string?)null);
    }

    private (int First, int Last) Ports(string key, (int First, int Last) fallback)
    {
        if (Raw(key) is not { } text)
            return fallback;
        string[] ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length is 1 or 2 && TryPort(ends[0], out int first) && TryPort(ends[^1], out int last) && first <= last)
            return (first, last);
        return Wrong(key, "a port or a range of ports, like 11000-11015", fallback);
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private string[] Domains(string key)
    {
        string[] domains = Raw(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return domains.All(d => d == "*" || ServedHosts.TryParseAddress(d, out _) || Uri.CheckHostName(d) == UriHostNameType.Dns)
            ? domains
            : Wrong(key, "domains and addresses, comma separated, or *", domains);
    }

    private string? JwtKey(string key)
    {
        if (Text(key, 1, 4096) is not { } setting)
            return null;
        try
        {
            _ = KeyReader.IsPath(setting) ? KeyReader.ReadFile(SmallFile.Read(setting)).Keys : KeyReader.ReadSecret(setting);
            return setting;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            return Wrong(key, "a secret of at least 32 bytes, or the path of a PEM public key or a JWKS (RSA of 2048 bits or more, or P-256)", (string?)null);
        }
    }

    private string? Authority(string key)
    {
        if (Raw(key) is not { } text)
            return null;
        return Issuer.IsSafe(text) && new Uri(text) is { UserInfo: "", Query: "", Fragment: "" }
            ? text.TrimEnd('/')
            : Wrong(key, "the URL of an issuer, like https://id.example.org; http:// only on this machine", (string?)null);
    }

    private OtlpSettings? Otlp(string endpoint, string protocol, string traceRatio)
    {
        bool isHttp = Choice(protocol, "grpc", "http") == "http";
        double ratio = Ratio(traceRatio, 1);
        if (Raw(endpoint) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? new OtlpSettings(uri, isHttp, ratio)
            : Wrong(endpoint, "a URL, like http://collector:4317", (OtlpSettings?)null);
    }

    private void RefuseUnknownKeys()
    {
        foreach (string section in _known.Select(k => k[..k.IndexOf(':', StringComparison.Ordinal)]).Distinct().ToArray())
        {
            foreach (var child in _configuration.GetSection(section).AsEnumerable().Where(c => c.Value is not null && !_known.Contains(c.Key)))
                _errors.Add($"{child.Key} is not a setting");
        }
    }
}

/// <summary>The configuration is wrong; <see cref="Exception.Message"/> names every wrong key, a line each.</summary>
public sealed class SettingsException(IReadOnlyList<string> errors)
    : Exception("wrong settings:" + string.Concat(errors.Select(e => "\n  " + e)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
