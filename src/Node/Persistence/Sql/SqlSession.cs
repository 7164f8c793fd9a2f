using System.Data.Common;

namespace Conference.Node.Persistence.Sql;

/// <summary>A connection for a while. Parameters are named <c>@name</c>, which both databases understand.</summary>
internal abstract class SqlSession : IAsyncDisposable
{
    /// <summary>A command that belongs to the session: it is not disposed by who uses it.</summary>
    internal abstract DbCommand Command(string sql);

    internal DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = Command(sql);
        foreach (var (name, value) in parameters)
            Set(command, name, value);
        return command;
    }

    public abstract ValueTask DisposeAsync();

    private static void Set(DbCommand command, string name, object? value)
    {
        int index = command.Parameters.IndexOf(name);
        if (index < 0)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            index = command.Parameters.Add(parameter);
        }
        command.Parameters[index].Value = value ?? DBNull.Value;
    }
}
