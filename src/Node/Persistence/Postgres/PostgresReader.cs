using System.Data.Common;
using Conference.Node.Persistence.Sql;
using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>Reads on connections of the pool.</summary>
internal sealed class PostgresReader(NpgsqlDataSource source, ILogger log, StoreMetrics metrics) : StoreReader(log, metrics)
{
    protected override async ValueTask<SqlSession> OpenAsync(CancellationToken cancellationToken) =>
        new Session(await source.OpenConnectionAsync(cancellationToken));

    protected override Task<T> RunAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken) => read();

    private sealed class Session(NpgsqlConnection connection) : SqlSession
    {
        private readonly List<NpgsqlCommand> _commands = [];

        internal override DbCommand Command(string sql)
        {
#pragma warning disable CA2100 // Texts are constants of ours; values are parameters.
            var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            _commands.Add(command);
            return command;
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var command in _commands)
                await command.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
