using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Conference.Actors.Sessions.Limits;
using Conference.Node.Files;
using Conference.Protocol.Addresses;

namespace Conference.Node.Settings;

/// <summary>
/// The values of plain .NET configuration, each read as what it must be. Everything that is wrong is collected, so that an operator mends a file once and not once
/// per key. A key of ours that does not exist is wrong too.
/// </summary>
internal sealed class SettingValues(IConfigurationRoot configuration)
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong, a sentence each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Every key that was asked for.</summary>
    public IReadOnlyCollection<string> Known => _known;

    /// <summary>As it is set, without the space around it; null where it is not.</summary>
    public string? Raw(string key)
    {
        _known.Add(key);
        string? value = configuration[key];
        return string.IsNullOrWhiteSpace(value) ? null : value.Trim();
    }

    /// <summary>What a key must be, never what it is: the value may be a secret.</summary>
    public T Wrong<T>(string key, string must, T fallback)
    {
        _errors.Add($"{key} must be {must}");
        return fallback;
    }

    public int Number(string key, int fallback, int least, int most)
    {
        if (Raw(key) is not { } text)
            return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : Wrong(key, $"a whole number from {least} to {most}", fallback);
    }

    public double Ratio(string key, double fallback)
    {
        if (Raw(key) is not { } text)
            return fallback;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value <= 1
            ? value
            : Wrong(key, "a number from 0 to 1", fallback);
    }

    public int? OptionalPort(string key) =>
        Raw(key) is null or "off" ? null : Number(key, 0, 0, 65535);

    public bool Flag(string key, bool fallback) => Raw(key)?.ToLowerInvariant() switch
    {
        null => fallback,
        "true" => true,
        "false" => false,
        _ => Wrong(key, "true or false", fallback),
    };

    public string Choice(string key, params string[] choices)
    {
        string value = Raw(key)?.ToLowerInvariant() ?? choices[0];
        return choices.Contains(value) ? value : Wrong(key, choices.Length > 2 ? $"one of {string.Join(", ", choices)}" : string.Join(" or ", choices), choices[0]);
    }

    public string? Text(string key, int least, int most)
    {
        string? value = Raw(key);
        return value is null || (value.Length >= least && value.Length <= most)
            ? value
            : Wrong(key, $"{least} to {most} characters long", (string?)null);
    }

    public IPAddress Address(string key, IPAddress fallback) => Raw(key) is null ? fallback : OptionalAddress(key) ?? fallback;

    public IPAddress? OptionalAddress(string key)
    {
        if (Raw(key) is not { } text)
            return null;
        return ServedHosts.TryParseAddress(text, out var address) ? address : Wrong(key, "an IPv4 or IPv6 address", (IPAddress?)null);
    }

    /// <returns>As it was said; an address and a port stand as <c>192.0.2.1:4321</c> or <c>[2001:db8::1]:4321</c>.</returns>
    public string? HostAndPort(string key)
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

    /// <returns>An address without brackets, or a name.</returns>
    public string? Host(string key)
    {
        if (Raw(key) is not { } text)
            return null;
        bool isAddress = ServedHosts.TryParseAddress(text, out var address);
        if (isAddress && !address.IsEvery())
            return address.ToString();
        return !isAddress && Uri.CheckHostName(text) == UriHostNameType.Dns ? text : Wrong(key, "an address or a name, like 192.0.2.7 or talk.example.org", (string?)null);
    }

    /// <returns>As browsers say them.</returns>
    public string[] Origins(string key)
    {
        string[] texts = Raw(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var origins = new List<string>();
        foreach (string text in texts)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url is not { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" })
                return Wrong(key, "origins, comma separated, like https://talk.example.org,http://localhost:5173", Array.Empty<string>());
            origins.Add(url.GetLeftPart(UriPartial.Authority));
        }

        return [.. origins];
    }

    public (int First, int Last) Ports(string key, (int First, int Last) fallback)
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

    public string[] Domains(string key)
    {
        string[] domains = Raw(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return domains.All(d => d == "*" || ServedHosts.TryParseAddress(d, out _) || IsDomain(d))
            ? domains
            : Wrong(key, "domains and addresses, comma separated, or *", domains);
    }

    /// <returns>Other names for domains, and which.</returns>
    public KeyValuePair<string, string>[] Aliases(string key)
    {
        string[] texts = Raw(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var aliases = new List<KeyValuePair<string, string>>();
        foreach (string text in texts)
        {
            if (text.Split('=', StringSplitOptions.TrimEntries) is not [var name, var domain] || !Domain.TryParse(name, out _) || !IsDomain(domain))
                return Wrong(key, "names and the domains they mean, comma separated, like www.example.org=example.org,meet.example=localhost", Array.Empty<KeyValuePair<string, string>>());
            aliases.Add(new(name, domain));
        }

        return [.. aliases];
    }

    private static bool IsDomain(string text) => text.Equals(Domain.Localhost, StringComparison.OrdinalIgnoreCase) || Domain.TryParse(text, out _);

    /// <returns>Addresses stand as networks of one.</returns>
    public IPNetwork[] Networks(string key)
    {
        string[] texts = Raw(key)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var networks = new List<IPNetwork>();
        foreach (string text in texts)
        {
            if (ServedHosts.TryParseAddress(text, out var address))
                networks.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else if (IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else
                return Wrong(key, "addresses and networks, comma separated, like 192.0.2.7,2001:db8::/32", Array.Empty<IPNetwork>());
        }

        return [.. networks];
    }

    /// <summary>So many a second, and so many at once: <c>10/100</c>.</summary>
    /// <returns>Null for <c>off</c>.</returns>
    public RateLimit? Rate(string key, RateLimit fallback)
    {
        if (Raw(key) is not { } text)
            return fallback;
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase))
            return null;
        return text.Split('/', StringSplitOptions.TrimEntries) is [var rate, var most]
            && double.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double perSecond) && perSecond is >= 0.01 and <= 1_000_000
            && int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out int atOnce) && atOnce is >= 1 and <= 1_000_000
                ? new RateLimit(perSecond, atOnce)
                : Wrong(key, "so many a second and so many at once, like 10/100, or off", fallback);
    }

    /// <returns>Null for <c>off</c>.</returns>
    public int? OptionalNumber(string key, int fallback, int least, int most) =>
        Raw(key)?.ToLowerInvariant() is "off" ? null : Number(key, fallback, least, most);

    /// <summary>The files can be read, and mean something to who is to use them; otherwise it is told what is wrong.</summary>
    public bool IsGood(Func<byte[][], object> read, params (string Key, string Path)[] named)
    {
        byte[]?[] files = [.. named.Select(f => ReadFile(f.Key, f.Path))];
        if (Array.Exists(files, f => f is null))
            return false;
        try
        {
            _ = read(files!);
            return true;
        }
        catch (FormatException e)
        {
            // It says which of them, and nothing of what is in them.
            _errors.Add(e.Message);
            return false;
        }
    }

    private byte[]? ReadFile(string key, string path)
    {
        try
        {
            return SmallFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Wrong(key, "the path of a file that can be read", (byte[]?)null);
        }
    }

    public void RefuseUnknownKeys()
    {
        string[] sections = [.. _known.Select(SectionOf).Distinct()];
        foreach (string key in configuration.Providers.SelectMany(p => Strangers(p, sections)).Distinct(StringComparer.OrdinalIgnoreCase))
            _errors.Add($"{key} is not a setting");
    }

    /// <summary>A file is the node's own. The environment belongs to other programs too, so of that only our sections count.</summary>
    private IEnumerable<string> Strangers(IConfigurationProvider provider, string[] sections) =>
        from key in KeysOf(provider, null)
        where !_known.Contains(key) && (provider is FileConfigurationProvider
            ? !key.StartsWith(NodeCommandLine.Logging, StringComparison.OrdinalIgnoreCase)
            : sections.Contains(SectionOf(key), StringComparer.OrdinalIgnoreCase))
        select key;

    private static IEnumerable<string> KeysOf(IConfigurationProvider provider, string? parent)
    {
        foreach (string child in provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            string key = parent is null ? child : ConfigurationPath.Combine(parent, child);
            if (provider.TryGet(key, out string? value) && value is not null)
                yield return key;
            foreach (string below in KeysOf(provider, key))
                yield return below;
        }
    }

    /// <summary>With its colon: <c>NODE</c>, which npm sets, is no setting of the section <c>Node</c>.</summary>
    internal static string SectionOf(string key) => key[..(key.IndexOf(':', StringComparison.Ordinal) + 1)];
}

/// <summary>The configuration is wrong; <see cref="Exception.Message"/> names every wrong key, a line each.</summary>
public sealed class SettingsException(IReadOnlyList<string> errors)
    : Exception("wrong settings:" + string.Concat(errors.Select(e => "\n  " + e)))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
