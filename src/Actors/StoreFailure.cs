using Akka.Pattern;
using Conference.Actors.Cluster;
using Conference.Actors.Serialization;

namespace Conference.Actors;

/// <summary>Why something was not stored or read: a word of ours, for logs and metrics, which must not hold what a database says of its rows.</summary>
internal static class StoreFailure
{
    public const string BreakerOpen = "breaker_open";

    /// <summary>All that <see cref="ReasonOf"/> says.</summary>
    public static IReadOnlyList<string> Reasons { get; } = ["conflict", "damaged", BreakerOpen, "not_acting", "unavailable"];

    public static string ReasonOf(Exception cause)
    {
        for (var e = cause; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case DamagedRowException or System.Runtime.Serialization.SerializationException:
                    return "damaged";
                case OpenCircuitException:
                    return BreakerOpen;
                case NotActingException:
                    return "not_acting";
                // The number of the event is taken: another owner wrote it. (SQLite says "UNIQUE constraint", PostgreSQL state 23505.)
                case System.Data.Common.DbException db when db.SqlState == "23505" || db.Message.Contains("UNIQUE constraint", StringComparison.Ordinal):
                    return "conflict";
            }
        }

        return "unavailable";
    }
}
