using Npgsql;
using NpgsqlTypes;

namespace Conference.Node.Cluster;

/// <summary>Statements that are sent together, and are one transaction unless they begin or end one themselves. Blocks.</summary>
internal sealed class SqlBatch(NpgsqlConnection connection)
{
    private readonly List<NpgsqlBatchCommand> _commands = [];

    /// <param name="sql">A constant.</param>
    /// <param name="values">Its <c>$1</c>, <c>$2</c>, ...; null is an array of ids that is not there.</param>
    internal SqlBatch Add(string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (object? value in values)
        {
            command.Parameters.Add(value is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid }
                : new NpgsqlParameter { Value = value });
        }

        _commands.Add(command);
        return this;
    }

    internal SqlBatch CountVersion() => Add(MembershipSql.CountVersion, SessionNames.Channel);

    /// <summary>Done, and where it is a transaction of its own committed, when this returns.</summary>
    internal void Execute() => Read(_ => 0);

    /// <summary>The same; <paramref name="read"/> is given the first result.</summary>
    internal T Read<T>(Func<NpgsqlDataReader, T> read)
    {
        using var batch = new NpgsqlBatch(connection);
        foreach (var command in _commands)
            batch.BatchCommands.Add(command);
        using var reader = batch.ExecuteReader();
        var result = read(reader);
        // An error of a later statement is told here.
        while (reader.NextResult())
        {
        }

        return result;
    }
}
