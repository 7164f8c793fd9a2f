using System.Text.RegularExpressions;
using Npgsql;

namespace Conference.Node.Persistence.Postgres;

/// <summary>
/// SQL written with names and sent with numbers. Npgsql would do the same each time it is sent, which for a batch of arrays is
/// a good part of its cost; here it is done once.
/// </summary>
internal sealed partial class PositionalSql
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);
    private readonly string _text;

    internal PositionalSql(string named) =>
        _text = Names().Replace(named, match =>
        {
            if (!_positions.TryGetValue(match.Value, out int position))
                _positions[match.Value] = position = _positions.Count;
            return $"${position + 1}";
        });

    /// <summary>A command whose parameters are all to be <see cref="Set"/>.</summary>
    internal NpgsqlBatchCommand Command()
    {
        var command = new NpgsqlBatchCommand(_text);
        for (int i = 0; i < _positions.Count; i++)
            command.Parameters.Add(new NpgsqlParameter());
        return command;
    }

    internal void Set(NpgsqlBatchCommand command, string name, NpgsqlParameter value) => command.Parameters[_positions[name]] = value;

    [GeneratedRegex("@[a-z_]+")]
    private static partial Regex Names();
}
