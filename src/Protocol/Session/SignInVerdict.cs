namespace Conference.Protocol.Session;

/// <summary>What became of an AUTH. Finer than what the client is told: which part of a credential was wrong is the operator's to know.</summary>
public enum SignInVerdict
{
    Ok,
    AlreadySignedIn,
    InRoom,
    GuestsRefused,
    IllegalName,
    NotServed,
    ReservedName,
    NameInUse,
    ClearText,
    Malformed,
    WrongCredentials,
    TokensNotAccepted,
    TokenMalformed,
    TokenAlgorithm,
    TokenKey,
    TokenSignature,
    TokenClaims,
    TokenExpired,
    TokenNotYetValid,
    TokenAudience,
    TokenUsed,
    Throttled,
    Busy,
    DomainFull,
    NothingToResume,
    Unavailable,
}

public static class SignInVerdictText
{
    private static readonly string[] _labels = [.. Enum.GetNames<SignInVerdict>().Select(ToSnakeCase)];

    /// <summary>How it is counted: <c>token_expired</c>.</summary>
    public static string ToLabel(this SignInVerdict verdict) => _labels[(int)verdict];

    /// <summary>What the client is told behind 504.</summary>
    public static string ToText(this SignInVerdict verdict) => verdict switch
    {
        SignInVerdict.AlreadySignedIn => "already signed in",
        SignInVerdict.InRoom => "disconnect first",
        SignInVerdict.GuestsRefused => "authentication required",
        SignInVerdict.IllegalName => "illegal name",
        SignInVerdict.NotServed => "not served here",
        SignInVerdict.ReservedName => "reserved name",
        SignInVerdict.NameInUse => "name in use",
        SignInVerdict.ClearText => "start TLS first",
        SignInVerdict.Malformed => "malformed credentials",
        SignInVerdict.WrongCredentials => "wrong name or password",
        SignInVerdict.NothingToResume => "nothing to resume",
        SignInVerdict.Throttled or SignInVerdict.Busy => "try again later",
        SignInVerdict.Ok or SignInVerdict.Unavailable => "try again",
        _ => "invalid token",
    };

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
