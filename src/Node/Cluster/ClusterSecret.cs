using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// What nodes prove to each other that they are of one cluster, and derive their keys from: made with the tables, and kept in them. Whoever may
/// use the database may join.
/// </summary>
public static class ClusterSecret
{
    /// <returns>64 hexadecimal digits.</returns>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public static async Task<string> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(MembershipSql.Secret, connection);
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
