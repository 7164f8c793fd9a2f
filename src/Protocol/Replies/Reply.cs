using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Protocol.Replies;

/// <summary>
/// One line the server says: <c>reply = 3DIGIT SP text CRLF</c>. 1xx inform, 2xx answer, 3xx control media, 4xx warn or end, 5xx refuse.
/// Every reply there is stands below, its form above it.
/// </summary>
public sealed record Reply(int Code, string Text)
{
    /// <summary>Lines that answer a command no one could have meant: enough of them in a row end the session.</summary>
    public bool IsBadInput => Code == 500;

    /// <summary>The answer to a CONN that waits in a lobby; other lines of its code are news.</summary>
    public bool IsToldToWait => Code == 115 && Text.StartsWith("waiting ", StringComparison.Ordinal);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code:D3} {Text}");

    /// <param name="line">A line without its ending.</param>
    /// <param name="reply">Its code and the text behind one space.</param>
    public static bool TryParse(string line, [NotNullWhen(true)] out Reply? reply)
    {
        bool legal = line.Length >= 3 && line.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (line.Length == 3 || line[3] == ' ');
        reply = legal ? new Reply(int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture), line.Length > 4 ? line[4..] : "") : null;
        return legal;
    }

    // 100 QCVC/1.0
    public static Reply Greeting { get; } = new(100, "QCVC/1.0");

    // 110 joined joe@host
    public static Reply Joined(Name who, string host) => new(110, $"joined {who.Local}@{host}");

    // 111 left joe@host
    public static Reply Left(Name who, string host) => new(111, $"left {who.Local}@{host}");

    // 112 call video alice@host
    public static Reply Call(Service service, Name caller, string host) => new(112, $"call {service} {caller.Local}@{host}");

    // 113 speaker joe@host
    public static Reply Speaker(Name who, string host) => new(113, $"speaker {who.Local}@{host}");

    // 114 moving host
    public static Reply Moving(string host) => new(114, $"moving {host}");

    // 115 muted joe@host
    public static Reply Muted(Name who, string host) => new(115, $"muted {who.Local}@{host}");

    // 115 waiting standup@host
    public static Reply Waiting(Name room, string host) => new(115, $"waiting {room.Local}@{host}");

    // 116 unmuted joe@host
    public static Reply Unmuted(Name who, string host) => new(116, $"unmuted {who.Local}@{host}");

    // 117 put-out joe@host
    public static Reply PutOut(Name who, string host) => new(117, $"put-out {who.Local}@{host}");

    // 118 slot 3 video joe@host
    public static Reply Seated(string mid, Service service, Name who, string host) => new(118, $"slot {mid} {service} {who.Local}@{host}");

    // 118 slot 3 free
    public static Reply SeatFree(string mid) => new(118, $"slot {mid} free");

    // 119 slots short
    public static Reply SeatsShort { get; } = new(119, "slots short");

    // 120 recording joe@host
    public static Reply Recording(Name who, string host) => new(120, $"recording {who.Local}@{host}");

    // 121 recorded joe@host
    public static Reply Recorded(Name who, string host) => new(121, $"recorded {who.Local}@{host}");

    // 122 roam f2a9d0c4471e6b38
    public static Reply Roam(string token) => new(122, $"roam {token}");

    // 123 waiting joe@host
    public static Reply Waits(Name who, string host) => new(123, $"waiting {who.Local}@{host}");

    // 124 waits-no-more joe@host
    public static Reply WaitsNoMore(Name who, string host) => new(124, $"waits-no-more {who.Local}@{host}");

    // 125 room title Weekly standup
    public static Reply Room(string parameter, string value) => new(125, $"{Service.Room} {parameter} {value}");

    // 200 ok
    public static Reply Ok { get; } = new(200, "ok");

    // 201 joe is here
    public static Reply Here(string who) => new(201, $"{who} is here");

    // 202 online
    public static Reply Status(UserStatus status) => new(202, status.ToText());

    // 203 chat Hello Joe!        203 chat joe@host Hello Joe!
    public static Reply Said(Service service, string text) => new(203, $"{service} {text}");

    public static Reply Said(Service service, Name sender, string host, string text) => new(203, $"{service} {sender.Local}@{host} {text}");

    // 204 joe
    public static Reply SignedIn(Name who) => new(204, who.Local);

    // 210 AUTH NOOP LIST ...
    public static Reply Features(IEnumerable<string> features) => new(210, string.Join(' ', features));

    // 211 joe video,audio
    public static Reply Member(Name who, IEnumerable<Service> services) => new(211, $"{who.Local} {string.Join(',', services)}");

    // 212 joe video ssrc=1111 codec=VP8 kbps=500 fps=30 packets=900 lost=0 jitter=1.5 keyframes=3 layer=2
    public static Reply Source(Name who, MemberSource source) => new(212, string.Create(
        CultureInfo.InvariantCulture,
        $"{who.Local} {source.Service} ssrc={source.Ssrc} codec={source.Codec} kbps={source.Kilobits:0} fps={source.Frames:0.#} packets={source.Packets} lost={source.Lost} jitter={source.JitterMilliseconds:0.#} keyframes={source.Keyframes}{(source.Layer is { } layer ? string.Create(CultureInfo.InvariantCulture, $" layer={layer}") : "")}"));

    // 211 end
    public static Reply MembersEnd { get; } = new(211, "end");

    // 220 ready
    public static Reply StartTls { get; } = new(220, "ready");

    // 303 video 11000            303 video udp/11000
    public static Reply Connected(Service service, int port, bool withTransport) =>
        new(303, string.Create(CultureInfo.InvariantCulture, $"{service} {(withTransport ? "udp/" : "")}{port}"));

    // 304 video disconnected
    public static Reply Disconnected(Service service) => new(304, $"{service} disconnected");

    // 310 video 30
    public static Reply Parameter(Service service, string value) => new(310, $"{service} {value}");

    // 310 session token 0123456789abcdef0123456789abcdef
    public static Reply Token(WebToken token) => new(310, $"{Service.Session} token {token.Value}");

    // 402 status not available
    public static Reply StatusNotAvailable { get; } = new(402, "status not available");

    // 421 quit                   421 <reason>
    public const int ClosingCode = 421;

    public static Reply Closing(string reason) => new(ClosingCode, reason);

    // 500 ...
    public static Reply UnknownCommand { get; } = new(500, "unknown command");

    public static Reply LineTooLong { get; } = new(500, "line too long");

    public static Reply MalformedLine { get; } = new(500, "malformed line");

    public static Reply Usage(string usage) => new(500, $"usage: {usage}");

    // 501 joe is not here
    public static Reply NotHere(string who) => new(501, $"{who} is not here");

    // 502 not allowed
    public static Reply NotAllowed { get; } = new(502, "not allowed");

    // 503 no port free           503 <why>
    public static Reply Refused(string why) => new(503, why);

    // 504 name in use            504 <why>
    public static Reply NotSignedIn(string why) => new(504, why);

    // 510 video rate unknown parameter
    public static Reply UnknownParameter(Service service, string parameter) => new(510, $"{service} {parameter} unknown parameter");

    // 510 video 10 could not set frame rate
    public static Reply CouldNotSet(Service service, string value, string what) => new(510, $"{service} {value} could not set {what}");
}
