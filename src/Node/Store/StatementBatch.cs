using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Conference.Node.Store;

/// <summary>
/// Statements that are sent together, in their order: a database on the network answers some of them at once instead of each by itself. Within a transaction, since
/// not all of them are one message.
/// </summary>
internal sealed class StatementBatch
{
    /// <summary>Of one message. SQLite looks for each of its parameters in each of its statements.</summary>
    private const int MostAtOnce = 20;

    private readonly List<(string Sql, (string Name, object? Value)[] Parameters)> _statements = [];

    internal void Clear() => _statements.Clear();

    /// <param name="sql">With a <c>#</c> behind each parameter: <c>domain = @domain#</c>.</param>
    /// <param name="parameters">By name, without it.</param>
    internal void Add(string sql, params (string Name, object? Value)[] parameters) => _statements.Add((sql, parameters));

    internal async Task WriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        foreach (var some in _statements.Chunk(MostAtOnce))
        {
            var sql = new StringBuilder();
            var parameters = new List<(string, object?)>();
            foreach (var (i, statement) in some.Index())
            {
                string number = i.ToString(CultureInfo.InvariantCulture);
                sql.Append(statement.Sql).Replace("#", number).Append(';');
                parameters.AddRange(statement.Parameters.Select(p => (p.Name + number, p.Value)));
            }

            await connection.ExecuteAsync(sql.ToString(), cancellationToken, [.. parameters]);
        }

        _statements.Clear();
    }
}
