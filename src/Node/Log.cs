using Conference.Media;

namespace Conference.Node;

/// <summary>Everything the node itself logs; ids from 4000. No addresses of people, no names, no words of theirs.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "node {Node} serves media on UDP {FirstPort}-{LastPort} with {Loops} loops")]
    public static partial void Started(ILogger logger, string node, int firstPort, int lastPort, int loops);

    [LoggerMessage(4001, LogLevel.Information, "stopping: {Sessions} sessions were told")]
    public static partial void Stopped(ILogger logger, int sessions);

    [LoggerMessage(4002, LogLevel.Warning, "stopping: some sessions did not end in time")]
    public static partial void FarewellTimedOut(ILogger logger);

    [LoggerMessage(4003, LogLevel.Warning, "not every shard has an owner that answers yet; clients may have to try again")]
    public static partial void ShardsWithoutOwner(ILogger logger);

    [LoggerMessage(4004, LogLevel.Information,
        "Conference is ready: QCVC at {Qcvc}, with TLS at {Tls}, console {Console}, media UDP {Media}, data in {Store}")]
    public static partial void Ready(ILogger logger, string qcvc, string tls, string console, string media, string store);

    [LoggerMessage(4005, LogLevel.Warning,
        "Http:AdminToken is not set, and the one made at start is shown on a terminal only: nobody can sign in to the console or use the operations API")]
    public static partial void TokenUntold(ILogger logger);

    [LoggerMessage(4006, LogLevel.Warning, "not ready: nobody could be let into a room now, for {Why}")]
    public static partial void JoinsFail(ILogger logger, string why);

    [LoggerMessage(4007, LogLevel.Information, "rooms can be entered again")]
    public static partial void JoinsWork(ILogger logger);

    [LoggerMessage(3000, LogLevel.Information, "media offload: segmentation {Segmentation}, receive coalescing {Coalescing}")]
    public static partial void Offload(ILogger logger, OffloadFeature segmentation, OffloadFeature coalescing);

    [LoggerMessage(3001, LogLevel.Information, "media from other nodes comes in at UDP {Endpoints}")]
    public static partial void Trunks(ILogger logger, string endpoints);

    [LoggerMessage(3002, LogLevel.Information, "browsers are reached at UDP and TCP {Port}")]
    public static partial void Browsers(ILogger logger, int port);

    [LoggerMessage(3003, LogLevel.Warning, "{Why}")]
    public static partial void NoBrowsers(ILogger logger, string why);

    [LoggerMessage(4030, LogLevel.Warning, "the figures for the console could not be read; they are tried again")]
    public static partial void StatisticsFailed(ILogger logger, Exception exception);

    [LoggerMessage(4031, LogLevel.Debug, "a viewer of the event stream has gone")]
    public static partial void ViewerGone(ILogger logger);
}
