using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Client.Connections;

/// <summary>
/// A QCVC session, typed. Every method that asks waits for the answer and throws <see cref="QcvcException"/> when it is a refusal,
/// save where the refusal is an answer like any other (<see cref="HeloAsync"/>, <see cref="StatAsync"/>). Safe for concurrent callers.
/// </summary>
public sealed class QcvcClient : IAsyncDisposable
{
    private readonly QcvcConnection _connection;

    private QcvcClient(QcvcConnection connection) => _connection = connection;

    public IPAddress LocalAddress => _connection.LocalAddress;

    public IPAddress RemoteAddress => _connection.RemoteAddress;

    public bool IsEncrypted => _connection.IsEncrypted;

    /// <inheritdoc cref="QcvcConnection.Events"/>
    public ChannelReader<ServerEvent> Events => _connection.Events;

    public long EventsDropped => _connection.EventsDropped;

    /// <inheritdoc cref="QcvcConnection.Closed"/>
    public Task Closed => _connection.Closed;

    /// <exception cref="QcvcException">Nobody there, not a QCVC server, <c>421</c> at the door, or no TLS where it must be.</exception>
    public static async Task<QcvcClient> ConnectAsync(QcvcAddress address, QcvcClientOptions? options = null, CancellationToken cancel = default) =>
        new(await QcvcConnector.ConnectAsync(address, options ?? QcvcClientOptions.Default, cancel));

    /// <summary>HELO: is that user or room here?</summary>
    public async Task<bool> HeloAsync(Target who, CancellationToken cancel = default) =>
        (await AskAsync($"HELO {who}", cancel, 201, 501)).Code == 201;

    /// <summary>STAT: <c>online</c>, <c>away</c>, <c>busy</c> (or a word of a later revision), null when not available.</summary>
    public async Task<string?> StatAsync(Target who, CancellationToken cancel = default)
    {
        var reply = await AskAsync($"STAT {who}", cancel, 202, 402);
        return reply.Code == 202 ? reply.Text : null;
    }

    /// <summary>STAT with a status: the signed-in user's own.</summary>
    public Task SetStatusAsync(Target self, string status, CancellationToken cancel = default) => AskAsync($"STAT {self} {status}", cancel, 202);

    /// <summary>CONN: the server's UDP port for this service. Where the room has a lobby, this may wait for as long as its moderators like (<see cref="ServerEvent.Waiting"/>).</summary>
    public async Task<int> ConnAsync(Service service, Target room, CancellationToken cancel = default)
    {
        var reply = Expect("CONN", (await _connection.AskAsync($"CONN {service} {room}", connects: service, cancel: cancel))[^1], 303);
        // 303 video 11000, or 303 video udp/11000
        string port = reply.Text.Split(' ') is [_, var last] ? last : "";
        if (port.StartsWith("udp/", StringComparison.Ordinal))
            port = port[4..];
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65535
            ? number
            : throw new QcvcException($"CONN {service}", reply);
    }

    public Task DconAsync(Service service, Target room, CancellationToken cancel = default) => AskAsync($"DCON {service} {room}", cancel, 304);

    /// <summary>GETP: the value, or null for a parameter the server does not know.</summary>
    public async Task<string?> GetpAsync(Service service, string parameter, CancellationToken cancel = default)
    {
        var reply = await AskAsync($"GETP {service} {parameter}", cancel, 310, 510);
        return reply.Code == 310 ? ValueOf(reply) : null;
    }

    /// <summary>SETP: the value now in force.</summary>
    public async Task<string> SetpAsync(Service service, string parameter, string value, CancellationToken cancel = default)
    {
        bool senders = service == Service.Chat && parameter == "sender";
        var replies = await _connection.AskAsync($"SETP {service} {parameter} {value}", whenAnswered: senders ? NameSenders : null, cancel: cancel);
        return ValueOf(Expect("SETP", replies[^1], 310));
    }

    /// <summary>SETP session password: what rooms with a password are shown from now on. It goes nowhere where somebody between could read it.</summary>
    /// <exception cref="QcvcException">Refused, or not sent because it would have gone in clear text.</exception>
    public Task SetRoomPasswordAsync(string password, CancellationToken cancel = default) => SetSecretAsync(RoomPass.PasswordName, password, cancel);

    /// <summary>SETP session invitation: what rooms with a lobby or a password are shown from now on; as <see cref="SetRoomPasswordAsync"/>.</summary>
    /// <exception cref="QcvcException">Refused, or not sent because it would have gone in clear text.</exception>
    public Task SetInvitationAsync(string token, CancellationToken cancel = default) => SetSecretAsync(RoomPass.InvitationName, token, cancel);

    private Task<string> SetSecretAsync(string parameter, string secret, CancellationToken cancel) => _connection.KeepsSecrets
        ? SetpAsync(Service.Session, parameter, secret, cancel)
        : throw new QcvcException($"the {parameter} was not sent: without TLS anybody on the way could read it");

    /// <summary>SETP where an older server may not know the option: false instead of a refusal.</summary>
    public async Task<bool> TrySetpAsync(Service service, string parameter, string value, CancellationToken cancel = default)
    {
        try
        {
            await SetpAsync(service, parameter, value, cancel);
            return true;
        }
        catch (QcvcException e) when (e.Reply is { Code: >= 500 })
        {
            return false;
        }
    }

    /// <summary>SETP session roam: what a datagram begins with that moves a port; null where the server has no such thing.</summary>
    public async Task<byte[]?> RoamAsync(CancellationToken cancel = default)
    {
        try
        {
            return RoamToken.Parse(await SetpAsync(Service.Session, "roam", "on", cancel));
        }
        catch (QcvcException e) when (e.Reply is { Code: >= 500 })
        {
            return null;
        }
    }

    /// <summary>SEND: no answer, by design.</summary>
    public Task SendAsync(Service service, string text, CancellationToken cancel = default) => _connection.TellAsync($"SEND {service} {text}", cancel);

    /// <summary>LIST: who is in a room.</summary>
    public async Task<IReadOnlyList<RoomMember>> ListAsync(Target room, CancellationToken cancel = default)
    {
        var replies = await _connection.AskAsync($"LIST {room}", isList: true, cancel: cancel);
        Expect("LIST", replies[^1], 211);
        return RoomMember.From(replies);
    }

    /// <summary>How the server calls this session's user, a guest too; null where an older one does not tell.</summary>
    public Task<string?> NameAsync(CancellationToken cancel = default) => GetpAsync(Service.Session, "name", cancel);

    public async Task<IReadOnlyList<string>> FeatAsync(CancellationToken cancel = default) =>
        (await AskAsync("FEAT", cancel, 210)).Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public Task NoopAsync(CancellationToken cancel = default) => AskAsync("NOOP", cancel, 200);

    /// <summary>AUTH ANONYMOUS: the name as the server writes it.</summary>
    public async Task<string> AuthAnonymousAsync(string name, CancellationToken cancel = default) =>
        (await AskAsync($"AUTH ANONYMOUS {name}", cancel, 204)).Text;

    /// <summary>AUTH PLAIN: the name as the server writes it. The password goes nowhere where somebody between could read it.</summary>
    /// <param name="name"><c>joe</c>, or <c>joe@host</c>.</param>
    /// <exception cref="QcvcException">Refused, or not sent because it would have gone in clear text.</exception>
    public Task<string> AuthPlainAsync(string name, string password, CancellationToken cancel = default)
    {
        if (name.Length == 0 || password.Length == 0 || name.Contains('\0', StringComparison.Ordinal) || password.Contains('\0', StringComparison.Ordinal))
            throw new QcvcException("a name and a password are not empty and hold no NUL");
        return SignInAsync("PLAIN", Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{name}\0{password}")), "password", cancel);
    }

    /// <summary>AUTH BEARER: the name the token says, as the server writes it. It is not sent in clear text either.</summary>
    /// <exception cref="QcvcException">Refused, or not sent because it would have gone in clear text.</exception>
    public Task<string> AuthBearerAsync(string token, CancellationToken cancel = default) => token.Length > 0 && token.All(c => c is > ' ' and <= '~')
        ? SignInAsync("BEARER", token, "token", cancel)
        : throw new QcvcException("a token is one word of ASCII characters");

    /// <summary>QUIT, and wait for the farewell.</summary>
    public async Task QuitAsync(CancellationToken cancel = default)
    {
        await AskAsync("QUIT", cancel, 421);
        await _connection.Closed.WaitAsync(cancel);
    }

    /// <summary>Any line; the last reply to it, whatever it is, or null for SEND, which has none.</summary>
    public async Task<Reply?> SendLineAsync(string line, CancellationToken cancel = default)
    {
        string verb = line.Split(' ')[0].ToUpperInvariant();
        if (verb != "SEND")
            return (await _connection.AskAsync(line, isList: verb == "LIST", cancel: cancel))[^1];
        await _connection.TellAsync(line, cancel);
        return null;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<string> SignInAsync(string mechanism, string credential, string what, CancellationToken cancel)
    {
        if (!_connection.KeepsSecrets)
            throw new QcvcException($"the {what} was not sent: without TLS anybody on the way could read it");
        string line = $"AUTH {mechanism} {credential}";
        if (line.Length > LineFramer.MaxBytes)
            throw new QcvcException($"the {what} is too long for a line of {LineFramer.MaxBytes} bytes");
        return (await AskAsync(line, cancel, 204)).Text;
    }

    private async Task<Reply> AskAsync(string line, CancellationToken cancel, params int[] expected) =>
        Expect(line.Split(' ')[0], (await _connection.AskAsync(line, cancel: cancel))[^1], expected);

    private static Reply Expect(string command, Reply reply, params int[] expected) =>
        expected.Contains(reply.Code) ? reply : throw new QcvcException(command, reply);

    private void NameSenders(Reply reply)
    {
        if (reply.Code == 310)
            _connection.NameSenders(ValueOf(reply) == "on");
    }

    private static string ValueOf(Reply reply) => reply.Text.Split(' ', 2) is [_, var value] ? value : "";
}
