using Akka.Cluster.Sharding;
using Conference.Actors.Tracing;

namespace Conference.Actors.Cluster;

/// <summary>Messages name their entity themselves; one that belongs to a trace is routed by what is in it.</summary>
public sealed class EntityExtractor() : HashCodeMessageExtractor(ShardCount)
{
    /// <summary>Of users, and of rooms. Ten times the largest cluster that is planned for; the same in all nodes of a cluster, always.</summary>
    public const int ShardCount = 64;

    /// <summary>By shard: an entity id that falls into it and that no user or room has.</summary>
    private static readonly string[] _keepers = FindKeepers();

    public override string? EntityId(object message) => Traced.Unwrap(message) switch
    {
        IEntityMessage command => command.EntityId,
        ShardKeeperActor.Touch touch => _keepers[touch.Shard],
        _ => null,
    };

    /// <summary>The id is that of a shard's <see cref="ShardKeeperActor"/>.</summary>
    public static bool IsKeeper(string entityId) => entityId.StartsWith('~');

    public string ShardId(string entityId) => ShardId(entityId, null);

    private static string[] FindKeepers()
    {
        string[] keepers = new string[ShardCount];
        var extractor = new PlainExtractor();
        for (int found = 0, i = 0; found < ShardCount; i++)
        {
            string id = $"~{i}";
            int shard = int.Parse(extractor.ShardId(id, null), System.Globalization.CultureInfo.InvariantCulture);
            if (keepers[shard] is not null)
                continue;
            keepers[shard] = id;
            found++;
        }

        return keepers;
    }

    private sealed class PlainExtractor() : HashCodeMessageExtractor(ShardCount)
    {
        public override string? EntityId(object message) => null;
    }
}
