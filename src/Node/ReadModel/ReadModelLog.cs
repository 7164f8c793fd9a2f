namespace Conference.Node.ReadModel;

/// <summary>What the read models and other projections log; ids from 4120. No persistence ids: they hold names.</summary>
internal static partial class ReadModelLog
{
    [LoggerMessage(4120, LogLevel.Error, "row {Ordering} of the journal cannot be read and is passed over: what it says is missing in {Projection}")]
    internal static partial void Skipped(ILogger logger, string projection, long ordering, Exception cause);

    [LoggerMessage(4121, LogLevel.Warning, "{Projection} cannot be brought up to date; this is tried again until it works")]
    internal static partial void Failing(ILogger logger, string projection, Exception cause);

    [LoggerMessage(4122, LogLevel.Information, "{Projection} is brought up to date again")]
    internal static partial void Recovered(ILogger logger, string projection);

    [LoggerMessage(4123, LogLevel.Information, "{Projection} goes on after row {Ordering} of the journal")]
    internal static partial void Started(ILogger logger, string projection, long ordering);

    [LoggerMessage(4124, LogLevel.Information, "{Deleted} call records that ended more than {Days} days ago were deleted")]
    internal static partial void CallsDeleted(ILogger logger, int deleted, int days);
}
