using Conference.Protocol.Addresses;
using Conference.Protocol.Replies;

namespace Conference.Client.Connections;

/// <summary>A line nobody asked for.</summary>
public abstract record ServerEvent
{
    private ServerEvent() { }

    /// <summary><c>110 joined joe@host</c></summary>
    public sealed record Joined(string Who) : ServerEvent;

    /// <summary><c>111 left joe@host</c></summary>
    public sealed record Left(string Who) : ServerEvent;

    /// <summary><c>112 call video alice@host</c></summary>
    public sealed record Call(string Service, string Caller) : ServerEvent;

    /// <summary><c>113 speaker joe@host</c></summary>
    public sealed record Speaker(string Who) : ServerEvent;

    /// <summary><c>114 moving host</c>: the node stops soon, go on there.</summary>
    public sealed record Moving(string Host) : ServerEvent;

    /// <summary><c>115 muted joe@host</c>, <c>116 unmuted joe@host</c>: by an operator.</summary>
    public sealed record Muted(string Who, bool IsMuted) : ServerEvent;

    /// <summary><c>117 put-out joe@host</c>: by an operator.</summary>
    public sealed record PutOut(string Who) : ServerEvent;

    /// <summary><c>120 recording joe@host</c>, <c>121 recorded joe@host</c>: another member keeps what is sent in the room, or does so no more.</summary>
    public sealed record Recording(string Who, bool IsOn) : ServerEvent;

    /// <summary><c>122 roam f2a9d0c4471e6b38</c>: what ports follow from now on.</summary>
    public sealed record TokenShown(string Token) : ServerEvent
    {
        public override string ToString() => nameof(TokenShown);
    }

    /// <summary><c>115 waiting standup@host</c>: this session waits to be let in.</summary>
    public sealed record Waiting(string Room) : ServerEvent;

    /// <summary><c>123 waiting joe@host</c>, <c>124 waits-no-more joe@host</c>: somebody waits for this session's user, who moderates the room, to let them in.</summary>
    public sealed record Waits(string Who, bool IsWaiting) : ServerEvent;

    /// <summary><c>125 room title Weekly standup</c></summary>
    public sealed record RoomTold(string Parameter, string Value) : ServerEvent;

    /// <summary><c>203 chat Hello Joe!</c>; <paramref name="Sender"/> is null unless the session asked for senders.</summary>
    public sealed record Said(string Service, string? Sender, string Text) : ServerEvent;

    /// <summary><c>421 reason</c>: the last event there is.</summary>
    public sealed record Closing(string Reason) : ServerEvent;

    /// <summary>A 1xx line of a later revision.</summary>
    public sealed record Other(Reply Reply) : ServerEvent;

    /// <param name="reply">A 1xx, 203 or 421 line.</param>
    /// <param name="senders">Whether 203 lines name their sender.</param>
    public static ServerEvent From(Reply reply, bool senders)
    {
        var (first, rest) = Cut(reply.Text);
        switch (reply.Code)
        {
            case 110 when first == "joined":
                return new Joined(rest);
            case 111 when first == "left":
                return new Left(rest);
            case 112 when first == "call":
                var (service, caller) = Cut(rest);
                return new Call(service, caller);
            case 113 when first == "speaker":
                return new Speaker(rest);
            case 114 when first == "moving":
                return new Moving(rest);
            case 115 when first == "muted":
                return new Muted(rest, true);
            case 115 when first == "waiting":
                return new Waiting(rest);
            case 123 when first == "waiting":
                return new Waits(rest, true);
            case 124 when first == "waits-no-more":
                return new Waits(rest, false);
            case 125 when first == "room":
                var (parameter, value) = Cut(rest);
                return new RoomTold(parameter, value);
            case 116 when first == "unmuted":
                return new Muted(rest, false);
            case 117 when first == "put-out":
                return new PutOut(rest);
            case 120 when first == "recording":
                return new Recording(rest, true);
            case 121 when first == "recorded":
                return new Recording(rest, false);
            case 122 when first == "roam":
                return new TokenShown(rest);
            case 203:
                var (sender, text) = Cut(rest);
                return senders && Target.TryParse(sender, out _) ? new Said(first, sender, text) : new Said(first, null, rest);
            case 421:
                return new Closing(reply.Text);
            default:
                return new Other(reply);
        }
    }

    private static (string First, string Tail) Cut(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (text, "") : (text[..space], text[(space + 1)..]);
    }
}
