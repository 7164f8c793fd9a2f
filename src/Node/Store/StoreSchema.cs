using System.Data.Common;
using System.Globalization;

namespace Conference.Node.Store;

/// <summary>
/// The tables, made before the actor system starts and by one process at a time: Akka.Persistence.Sql's own <c>auto-initialize</c> stays off, since it
/// races where three nodes start at once, and creates but never alters. Every name begins with <c>conference_</c>, so that it is never a stranger's.
/// </summary>
internal abstract class StoreSchema
{
    /// <summary>Of what is written down here. A store of a later version is refused; one of an earlier gets the steps it lacks.</summary>
    internal const int Version = 1;

    internal const string Journal = "conference_journal";
    internal const string Snapshot = "conference_snapshot";
    internal const string Directory = "conference_directory";
    internal const string Call = "conference_call";
    internal const string Projection = "conference_projection";

    /// <summary>Everything that version <see cref="Version"/> consists of.</summary>
    protected abstract string Tables { get; }

    /// <summary>Whether there is a table with this column, where unqualified names are looked for. @table, @column</summary>
    protected abstract string HasColumn { get; }

    /// <summary>Within a transaction that no other process can be in at the same time.</summary>
    /// <returns>Whether anything had to be made.</returns>
    /// <exception cref="StoreException">Of the first engine, or of a newer version.</exception>
    internal async Task<bool> MakeAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("create table if not exists conference_store (version int not null)", cancellationToken);
        object? version = await connection.ScalarAsync("select max(version) from conference_store", cancellationToken);
        int current = version is null ? 0 : Convert.ToInt32(version, CultureInfo.InvariantCulture);
        if (current > Version)
            throw new StoreException($"the store is of version {current}, which is newer than this build's {Version}: start a build that is at least as new");
        if (current == Version)
            return false;
        // Its tables were called "event" (pid, seq, payload ...) and "migration".
        if (await HasColumnAsync("event", "pid") && await HasColumnAsync("migration", "number"))
        {
            throw new StoreException(
                "the store was written by the first engine, which only a build of version 0.1 from before the move to Akka.NET reads: give this one an empty store");
        }

        await connection.ExecuteAsync(Tables, cancellationToken);
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"insert into conference_store values ({Version})"), cancellationToken);
        return true;

        async Task<bool> HasColumnAsync(string table, string column) =>
            await connection.ScalarAsync(HasColumn, cancellationToken, ("@table", table), ("@column", column)) is not null;
    }
}
