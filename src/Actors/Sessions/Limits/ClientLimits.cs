using Conference.Protocol.Commands;

namespace Conference.Actors.Sessions.Limits;

/// <summary>How much one client may ask for. An address is an IPv4 address or the /64 of an IPv6 one; a whole office may be behind it.</summary>
public sealed record ClientLimits
{
    public static ClientLimits None { get; } = new();

    /// <summary>Sessions of one address at a time; null is any number.</summary>
    public int? AddressSessions { get; init; }

    public CommandLimits Session { get; init; } = new();

    public CommandLimits Address { get; init; } = new();
}

/// <summary>Limits of those commands that cost others something; null is none.</summary>
public sealed record CommandLimits
{
    /// <summary>SEND reaches everyone in the sender's rooms.</summary>
    public RateLimit? Send { get; init; }

    /// <summary>CONN opens a port and may open a room.</summary>
    public RateLimit? Conn { get; init; }

    /// <summary>AUTH takes a name, or a while of a processor.</summary>
    public RateLimit? Auth { get; init; }

    internal TimeSpan LongestRefill => new[] { Send, Conn, Auth }.Max(l => l?.Refill) ?? TimeSpan.Zero;
}

/// <summary>Whose limit it was.</summary>
public enum LimitScope
{
    Session,
    Address,
}

/// <summary>A bucket for each kind of command that has a limit.</summary>
internal sealed class CommandBuckets(CommandLimits limits)
{
    private TokenBucket _send = new(limits.Send);
    private TokenBucket _conn = new(limits.Conn);
    private TokenBucket _auth = new(limits.Auth);

    public bool TryTake(Verb verb, TimeSpan now) => verb switch
    {
        Verb.Send => _send.TryTake(now),
        Verb.Conn => _conn.TryTake(now),
        Verb.Auth => _auth.TryTake(now),
        _ => true,
    };
}
