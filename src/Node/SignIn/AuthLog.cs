using Conference.Node.SignIn.Tokens;

namespace Conference.Node.SignIn;

/// <summary>What sign-in and TLS log; ids from 4200. Never a password, a token or a name.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(4200, LogLevel.Information, "Auth:JwtKey was read again: {Keys} keys")]
    public static partial void KeysReloaded(ILogger logger, int keys);

    [LoggerMessage(4201, LogLevel.Warning, "Auth:JwtKey has changed and cannot be used, what it was stays: {Why}")]
    public static partial void KeysBad(ILogger logger, string why);

    [LoggerMessage(4202, LogLevel.Information, "{Section}:Certificate was read again, it expires {NotAfter:u}")]
    public static partial void CertificateReloaded(ILogger logger, string section, DateTime notAfter);

    [LoggerMessage(4203, LogLevel.Warning, "{Section}:Certificate or {Section}:Key has changed and cannot be used, what they were stays: {Why}")]
    public static partial void CertificateBad(ILogger logger, string section, string why);

    [LoggerMessage(4204, LogLevel.Warning, "A key of {Setting} is left out: {Why}")]
    public static partial void KeyLeftOut(ILogger logger, string setting, string why);

    [LoggerMessage(4205, LogLevel.Information, "The issuer of Auth:Authority was asked: {Keys} keys")]
    public static partial void IssuerRead(ILogger logger, int keys);

    [LoggerMessage(4206, LogLevel.Warning, "The issuer of Auth:Authority cannot be asked, the keys there were stay: {Why}")]
    public static partial void IssuerAway(ILogger logger, string why);

    public static void KeysReloaded(ILogger logger, KeySet set)
    {
        KeysReloaded(logger, set.Keys.Count);
        KeysLeftOut(logger, "Auth:JwtKey", set);
    }

    public static void IssuerRead(ILogger logger, KeySet set)
    {
        IssuerRead(logger, set.Keys.Count);
        KeysLeftOut(logger, "Auth:Authority", set);
    }

    public static void KeysLeftOut(ILogger logger, string setting, KeySet set)
    {
        foreach (string why in set.LeftOut)
            KeyLeftOut(logger, setting, why);
    }
}
