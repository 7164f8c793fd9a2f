using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>Opens the sessions by which a node takes part in its cluster: each its own connection, named after the life that uses it.</summary>
/// <param name="connectionString">As the operator gave it.</param>
/// <param name="rules">How long an answer may take.</param>
internal sealed class ClusterConnections(string connectionString, MembershipRules rules)
{
    /// <summary>For beats. Lost ones do no harm after a crash of the server, which all nodes notice: so none waits for the server's disk.</summary>
    internal NpgsqlConnection OpenForBeats(NodeId life) => Open(life, rules.BeatTimeout, "-c synchronous_commit=off");

    /// <summary>For everything else.</summary>
    internal NpgsqlConnection Open(NodeId life) => Open(life, rules.StatementTimeout, "-c synchronous_commit=on");

    /// <exception cref="NpgsqlException">There is none to be had now.</exception>
    private NpgsqlConnection Open(NodeId life, TimeSpan limit, string options)
    {
        int seconds = (int)Math.Ceiling(limit.TotalSeconds);
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = SessionNames.ApplicationName(life),
            Pooling = false,
            Multiplexing = false,
            Timeout = seconds,
            CommandTimeout = seconds,
            // Who has waited too long closes the connection, and asks the server for nothing more on another.
            CancellationTimeout = -1,
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 2,
        };
        // A session whose client has gone without a word ends, and its locks with it; one that stands still in a transaction too.
        builder.Options = string.Create(CultureInfo.InvariantCulture, $"{builder.Options} {options} -c statement_timeout={(int)limit.TotalMilliseconds} -c idle_in_transaction_session_timeout=2000 -c tcp_keepalives_idle=3 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3").Trim();
        var connection = new NpgsqlConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
