using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>What every session of a store is called by the server (its <c>application_name</c>), from its first moment on.</summary>
internal sealed class SessionName
{
    /// <summary>At most 63 letters, digits and <c>-</c>.</summary>
    internal string Current { get; set => Volatile.Write(ref field, value); } = "conference-store";

    internal void Set(NpgsqlConnection connection)
    {
        using var command = Command(connection);
        _ = command.ExecuteNonQuery();
    }

    internal async Task SetAsync(NpgsqlConnection connection)
    {
        await using var command = Command(connection);
        _ = await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(NpgsqlConnection connection) =>
        new("select set_config('application_name', $1, false)", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = Current } } };
}
