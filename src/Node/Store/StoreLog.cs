namespace Conference.Node.Store;

/// <summary>What the store logs; ids from 4100.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(4100, LogLevel.Information, "the store is {Store}, version {Version}")]
    internal static partial void Opened(ILogger logger, string store, int version);

    [LoggerMessage(4101, LogLevel.Information, "the store's tables were made, version {Version}")]
    internal static partial void Made(ILogger logger, int version);

    [LoggerMessage(4102, LogLevel.Warning, "the store does not store; clients are told to try again until it does: {Why}")]
    internal static partial void Away(ILogger logger, string why);

    [LoggerMessage(4103, LogLevel.Information, "the store stores again")]
    internal static partial void Back(ILogger logger);
}

/// <summary>The store cannot be opened. The message is for the operator: one sentence that says what is wrong and what to do.</summary>
public sealed class StoreException(string message, Exception? cause = null) : IOException(message, cause);
