using Conference.Node.Akka.Remoting;
using Conference.Node.Logs;
using Conference.Node.Settings;
using Conference.Node.Tracing;

namespace Conference.Node;

/// <summary>Where the log goes: JSON where it is collected, lines where somebody reads them.</summary>
internal static partial class NodeLogging
{
    /// <summary>RFC 3339, in UTC: lines of several nodes, and of what surrounds them, are put in one order by it.</summary>
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Configure(ILoggingBuilder logging, IConfiguration configuration, LogFormat format)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told in one sentence by Program, not in a page of stack.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // What Akka says of remoting and cluster by the way is counted in metrics; what went wrong is said.
        logging.AddFilter("Akka", LogLevel.Warning);
        if (format == LogFormat.Json || (format == LogFormat.Auto && System.Console.IsOutputRedirected))
            logging.AddJsonConsole(o => (o.TimestampFormat, o.UseUtcTimestamp, o.IncludeScopes) = (Time, true, true));
        else
            logging.AddSimpleConsole(o => (o.TimestampFormat, o.UseUtcTimestamp, o.SingleLine, o.IncludeScopes) = (Time + " ", true, true, true));
        logging.Services.AddSingleton<IExternalScopeProvider, TraceScopes>();
        logging.AddPatientConsole();
    }

    [LoggerMessage(4060, LogLevel.Information, "the certificate for other nodes was read anew; it is good until {NotAfter}")]
    public static partial void CertificateReloaded(ILogger logger, DateTimeOffset notAfter);

    [LoggerMessage(4061, LogLevel.Warning, "the certificate for other nodes has changed and cannot be used, so the one before is: {Why}")]
    public static partial void CredentialsBad(ILogger logger, string why);

    public static void CredentialsReloaded(ILogger logger, NodeCredentials credentials) => CertificateReloaded(logger, credentials.NotAfter);
}
