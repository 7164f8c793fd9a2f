using Microsoft.Extensions.Logging;

namespace Conference.Actors.Sessions;

/// <summary>What sessions log; ids from 2200. By kind only: who is meant, and where, is nobody's business.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(2200, LogLevel.Debug, "{Request} came to {Outcome}")]
    internal static partial void Completed(ILogger logger, string request, string outcome);
}
