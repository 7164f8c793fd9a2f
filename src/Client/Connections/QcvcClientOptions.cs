using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>How to connect. The defaults suit a person at a desk.</summary>
public sealed record QcvcClientOptions
{
    public static QcvcClientOptions Default { get; } = new();

    public TlsMode Tls { get; init; }

    /// <summary>Roots a server's certificate may lead to, besides those this machine trusts.</summary>
    public X509Certificate2Collection TrustedRoots { get; init; } = [];

    /// <summary>For the TCP connection, the greeting and TLS together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A server that takes longer for one answer is given up, and the connection with it.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Local address for TCP, and for media after it; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>Unread events kept; beyond, the oldest goes and <see cref="QcvcClient.EventsDropped"/> counts it.</summary>
    public int EventCapacity { get; init; } = 1024;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

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

/// <summary>How a session says who it is. What it holds is shown to the server and to nobody else: no property, no text of it.</summary>
public sealed class SignIn
{
    private readonly Func<QcvcClient, CancellationToken, Task<string>> _say;

    private SignIn(Func<QcvcClient, CancellationToken, Task<string>> say) => _say = say;

    /// <summary>Whoever likes to be called so: AUTH ANONYMOUS.</summary>
    public static SignIn Anonymous(string name) => new((client, cancel) => client.AuthAnonymousAsync(name, cancel));

    /// <summary>The owner of an account: AUTH PLAIN.</summary>
    public static SignIn Password(string name, string password) => new((client, cancel) => client.AuthPlainAsync(name, password, cancel));

    /// <summary>Whoever the token says: AUTH BEARER.</summary>
    public static SignIn Token(string token) => new((client, cancel) => client.AuthBearerAsync(token, cancel));

    /// <returns>The name as the server writes it.</returns>
    /// <exception cref="QcvcException">Refused, or not said because somebody could have read it.</exception>
    public Task<string> SayAsync(QcvcClient client, CancellationToken cancel = default) => _say(client, cancel);
}

/// <summary>A member in LIST: <c>211 joe video,audio</c>, and with <c>SETP session details on</c> a <c>212 joe video ssrc=1111 ...</c> for each source.</summary>
public sealed record RoomMember(string Name, IReadOnlyList<string> Services)
{
    private const string SsrcField = "ssrc=";

    /// <summary>SSRCs of what it sends, where details are on.</summary>
    public IReadOnlyList<uint> Sources { get; init; } = [];

    /// <param name="replies">The lines of a LIST, the last one too.</param>
    internal static IReadOnlyList<RoomMember> From(IReadOnlyList<Reply> replies)
    {
        var members = new List<RoomMember>();
        foreach (var reply in replies)
        {
            if (reply.Code == 212 && members.Count > 0 && SsrcOf(reply) is { } ssrc)
                members[^1] = members[^1] with { Sources = [.. members[^1].Sources, ssrc] };
            else if (reply.Code == 211 && reply.Text != "end")
                members.Add(From(reply));
        }

        return members;
    }

    private static uint? SsrcOf(Reply reply) =>
        reply.Text.Split(' ').FirstOrDefault(f => f.StartsWith(SsrcField, StringComparison.Ordinal)) is { } field
        && uint.TryParse(field.AsSpan(SsrcField.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint ssrc) ? ssrc : null;

    private static RoomMember From(Reply reply)
    {
        string[] parts = reply.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new RoomMember(
            parts.Length > 0 ? parts[0] : "",
            parts.Length > 1 ? parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries) : []);
    }
}
