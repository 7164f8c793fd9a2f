namespace Conference.Node.Audit;

/// <summary>The audit log's own category, <c>Conference.Audit</c>; ids from 4200. The one place where a log line tells an address: the operator's.</summary>
internal static partial class AuditLog
{
    public const string Category = "Conference.Audit";

    [LoggerMessage(4200, LogLevel.Information, "{Operator} from {From} by token {Token}: {Act} {Whom} {Details}: {Result} ({Status}), entry {Entry}")]
    private static partial void Acted(ILogger logger, string @operator, string from, string token, string act, string whom, string details, string result, int status, Guid entry);

    [LoggerMessage(4201, LogLevel.Warning, "audit entries cannot be stored; they wait until the store is back")]
    public static partial void Waiting(ILogger logger);

    [LoggerMessage(4202, LogLevel.Information, "audit entries are stored again")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(4203, LogLevel.Error, "audit entry {Entry} is in this log only: too many wait to be stored, or the node stopped before the store was back")]
    public static partial void Lost(ILogger logger, Guid entry);

    public static void Acted(ILogger logger, AuditEntry entry) => Acted(
        logger, entry.Operator, entry.From, entry.Token ?? AuditEntry.Unnamed, entry.Act, string.Join(' ', new[] { entry.DomainId, entry.RoomId, entry.UserId, entry.OnNode }.OfType<string>()), entry.Details,
        entry.Result, entry.Status, entry.Id);
}
