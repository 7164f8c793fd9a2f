namespace Conference.Protocol.Session;

/// <summary>What STAT tells of a user. <see cref="Hidden"/> is told as <c>402 status not available</c> to anyone else.</summary>
public enum UserStatus
{
    Online,
    Away,
    Busy,
    Hidden,
}

/// <summary>The words for it on the wire.</summary>
public static class UserStatusText
{
    public static string ToText(this UserStatus status) => status switch
    {
        UserStatus.Online => "online",
        UserStatus.Away => "away",
        UserStatus.Busy => "busy",
        _ => "hidden",
    };

    public static bool TryParse(string text, out UserStatus status)
    {
        (bool known, status) = text.ToLowerInvariant() switch
        {
            "online" => (true, UserStatus.Online),
            "away" => (true, UserStatus.Away),
            "busy" => (true, UserStatus.Busy),
            "hidden" => (true, UserStatus.Hidden),
            _ => (false, default),
        };
        return known;
    }
}
