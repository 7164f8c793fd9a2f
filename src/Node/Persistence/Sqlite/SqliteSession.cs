using System.Data.Common;
using Conference.Node.Persistence.Sql;
using Microsoft.Data.Sqlite;

namespace Conference.Node.Persistence.Sqlite;

/// <summary>A connection that keeps its prepared commands.</summary>
internal sealed class SqliteSession(SqliteConnection connection, Action<SqliteSession>? giveBack = null) : SqlSession
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    internal SqliteConnection Connection => connection;

    internal override DbCommand Command(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts are constants of ours; values are parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            _commands[sql] = command;
        }
        return command;
    }

    internal void Close()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        connection.Dispose();
    }

    public override ValueTask DisposeAsync()
    {
        giveBack?.Invoke(this);
        return ValueTask.CompletedTask;
    }
}
