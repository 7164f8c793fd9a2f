namespace Conference.Node.Webhooks;

/// <summary>What webhooks log; ids from 4140. No URL, no secret, nothing of what is sent: a receiver's failures are in its deliveries.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(4140, LogLevel.Warning, "webhooks cannot be served; this is tried again until it works")]
    internal static partial void Failing(ILogger logger, Exception cause);

    [LoggerMessage(4141, LogLevel.Information, "webhooks are served again")]
    internal static partial void Recovered(ILogger logger);
}
