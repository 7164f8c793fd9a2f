using System.Collections.Immutable;
using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// The one row of <see cref="MembershipSql.Tables"/>. Whoever can write to the database can write nonsense: a node's row says what it can
/// be read as, and a table that is not a table of shards is an error, as if the database were away.
/// </summary>
internal static class TablesReader
{
    internal const string Evicted = "evicted", Down = "down";

    private static readonly IPEndPoint _nowhere = new(IPAddress.Any, 0);

    internal static string NameOf(NodeRowState state) => state switch
    {
        NodeRowState.Joining => "joining",
        NodeRowState.Up => "up",
        NodeRowState.Leaving => "leaving",
        NodeRowState.Evicted => Evicted,
        _ => Down,
    };

    /// <exception cref="InvalidDataException">The tables are not what the schema made.</exception>
    internal static MembershipTables Read(NpgsqlDataReader reader)
    {
        if (!reader.Read())
            throw new InvalidDataException("the cluster table has no row");
        int column = 0;
        long version = reader.GetInt64(column++);
        var ids = Next<Guid>();
        var numbers = Next<int>();
        var (names, links, hosts, states) = (Next<string>(), Next<string>(), Next<string>(), Next<string>());
        var beats = Next<long>();
        var accused = Next<Guid>().Zip(Next<Guid>()).ToLookup(a => a.First, a => new NodeId(a.Second));
        var nodes = ids.Select((id, i) => new NodeRow(
            new NodeId(id), numbers[i], new NodeCard(names[i], LinkOf(links[i]), hosts[i]), StateOf(states[i]), beats[i], [.. accused[id]]));
        return new MembershipTables(version, [.. nodes], Shards(Next<int>(), Next<Guid?>(), Next<long>(), Next<Guid?>()));

        T[] Next<T>()
        {
            int i = column++;
            return reader.IsDBNull(i) ? [] : reader.GetFieldValue<T[]>(i);
        }
    }

    internal static ImmutableArray<NodeId> NodeIds(Guid[] ids) => [.. ids.Select(id => new NodeId(id))];

    private static ImmutableArray<ShardRow> Shards(int[] ids, Guid?[] owners, long[] epochs, Guid?[] targets)
    {
        if (!ids.SequenceEqual(Enumerable.Range(0, ClusterView.ShardCount)))
            throw new InvalidDataException($"the shard table does not have the rows 0 to {ClusterView.ShardCount - 1}");
        return [.. ids.Select(i => new ShardRow(new ShardId(i), IdOf(owners[i]), epochs[i], IdOf(targets[i])))];
    }

    private static NodeId? IdOf(Guid? id) => id is { } value ? new NodeId(value) : null;

    private static IPEndPoint LinkOf(string text) =>
        IPEndPoint.TryParse(text, out var link) && link.Port != 0 ? link : _nowhere;

    /// <summary>What a newer release may call one of its states: it owns what it owns, and no more is asked of it.</summary>
    private static NodeRowState StateOf(string text) => text switch
    {
        "joining" => NodeRowState.Joining,
        "up" => NodeRowState.Up,
        "leaving" => NodeRowState.Leaving,
        Down => NodeRowState.Down,
        _ => NodeRowState.Evicted,
    };
}
