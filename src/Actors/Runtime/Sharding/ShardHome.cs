namespace Conference.Actors.Runtime.Sharding;

/// <summary>Where a shard lives. <paramref name="Region"/> is the region of the node that owns it, null for this node.</summary>
internal readonly record struct ShardHome(IActorRef? Region)
{
    internal static ShardHome Local => default;
}
