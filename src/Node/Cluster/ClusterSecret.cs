using Conference.Node.Persistence;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// What nodes prove to each other that they are of one cluster, and derive their keys from: made with the tables, and kept in them. Whoever may
/// use the database may join.
/// </summary>
public static class ClusterSecret
{
    /// <returns>64 hexadecimal digits.</returns>
    /// <exception cref="StoreException">The database is away, or was made otherwise.</exception>
    public static async Task<string> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(connectionString, cancellationToken);
        }
        catch (Exception e) when (StatementThread.IsOfTheDatabase(e))
        {
            throw new StoreException($"the cluster's secret cannot be read: {e.Message}", e);
        }
    }

    private static async Task<string> QueryAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(MembershipSql.Secret, connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
