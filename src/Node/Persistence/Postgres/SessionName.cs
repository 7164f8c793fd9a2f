using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>What new connections call themselves. Changes with every life of the node; safe from any thread.</summary>
internal sealed class SessionName
{
    private volatile string? _name;

    public void Set(string name) => _name = name;

    public void Say(NpgsqlConnection connection)
    {
        if (Command(connection) is not { } command)
            return;
        using (command)
            command.ExecuteNonQuery();
    }

    public async Task SayAsync(NpgsqlConnection connection)
    {
        if (Command(connection) is not { } command)
            return;
        await using (command)
            await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand? Command(NpgsqlConnection connection) => _name is { } name
        ? new NpgsqlCommand("select set_config('application_name', $1, false)", connection) { Parameters = { new NpgsqlParameter { Value = name } } }
        : null;
}
