using System.Data;
using System.Data.Common;
using Conference.Actors.Cluster;
using LinqToDB;
using LinqToDB.Common;
using LinqToDB.Interceptors;

namespace Conference.Node.Store;

/// <summary>What must hold of every connection that Akka.Persistence.Sql opens. It takes one out of the pool for every transaction.</summary>
internal static class StoreConnections
{
    /// <param name="provider">linq2db's name of the database.</param>
    /// <param name="connectionString">Never part of the HOCON: that may be logged, and this has a password in it.</param>
    /// <param name="guard">Whether this node may act.</param>
    /// <param name="pragmas">Said to every connection.</param>
    internal static DataOptions Options(string provider, string connectionString, IActingGuard guard, string? pragmas) =>
        new DataOptions().UseConnectionString(provider, connectionString).UseInterceptor(new Commands(guard)).UseAfterConnectionOpened(
            connection => Opened(connection, guard, pragmas),
            async (connection, _) =>
            {
                // SQLite's asynchronous calls are none: without this the journal's stream would write on its own thread, never see more than one
                // row waiting, and flush once per event: 2,000 events/s instead of 12,500.
                await Task.Yield();
                Opened(connection, guard, pragmas);
            });

    private static void Opened(DbConnection connection, IActingGuard guard, string? pragmas)
    {
        // Where a write begins that waited in the journal's queue, perhaps through a freeze.
        Require(guard);
        if (pragmas is null)
            return;
        using var command = connection.Command(pragmas);
        command.ExecuteNonQuery();
    }

    /// <exception cref="NotActingException">This node may not act.</exception>
    private static void Require(IActingGuard guard)
    {
        if (!guard.MayAct)
            throw new NotActingException();
    }

    /// <summary>
    /// A node may stand still between the question above and its first statement, which is when its transaction begins. So the question is put again
    /// once the rows are written: if it stood still before, the answer is no, and nothing is committed; if it stands still after, the server ends the
    /// transaction (<c>idle_in_transaction_session_timeout</c>) before another node has its users and rooms.
    /// </summary>
    /// <remarks>
    /// Statements end by their own timeouts, and not because the journal's breaker gives up on them: to stop one Npgsql opens another connection and
    /// waits for it, on the breaker's thread, which then answers nobody until that connection has timed out too.
    /// </remarks>
    private sealed class Commands(IActingGuard guard) : CommandInterceptor
    {
        public override async Task<Option<int>> ExecuteNonQueryAsync(
            CommandEventData eventData, DbCommand command, Option<int> result, CancellationToken cancellationToken)
        {
            int rows = await command.ExecuteNonQueryAsync(CancellationToken.None);
            Require(guard);
            return Option<int>.Some(rows);
        }

        public override Option<int> ExecuteNonQuery(CommandEventData eventData, DbCommand command, Option<int> result)
        {
            int rows = command.ExecuteNonQuery();
            Require(guard);
            return Option<int>.Some(rows);
        }

        public override async Task<Option<DbDataReader>> ExecuteReaderAsync(
            CommandEventData eventData, DbCommand command, CommandBehavior behavior, Option<DbDataReader> result, CancellationToken cancellationToken) =>
            Option<DbDataReader>.Some(await command.ExecuteReaderAsync(behavior, CancellationToken.None));
    }
}
