using Conference.Actors.Runtime.Sharding;
using Conference.Protocol.Addresses;

namespace Conference.Actors;

/// <summary>In which shard a user or a room lives: the same for both, and on every node.</summary>
internal static class ShardOf
{
    private static readonly HashCodeMessageExtractor _extractor = new();

    public static ShardId Name(Name name) => _extractor.ShardId(name.ToString());
}
