namespace Conference.Node.SignIn;

/// <summary>What sign-in and TLS log; ids from 4200. Never a password, a token or a name.</summary>
internal static partial class AuthLog
{
    [LoggerMessage(4200, LogLevel.Information, "Auth:JwtKey was read again: {Keys} keys")]
    public static partial void KeysReloaded(ILogger logger, int keys);

    [LoggerMessage(4201, LogLevel.Warning, "Auth:JwtKey has changed and cannot be used, what it was stays: {Why}")]
    public static partial void KeysBad(ILogger logger, string why);

    [LoggerMessage(4202, LogLevel.Information, "Tls:Certificate was read again, it expires {NotAfter:u}")]
    public static partial void CertificateReloaded(ILogger logger, DateTime notAfter);

    [LoggerMessage(4203, LogLevel.Warning, "Tls:Certificate or Tls:Key has changed and cannot be used, what they were stays: {Why}")]
    public static partial void CertificateBad(ILogger logger, string why);
}
