namespace Conference.Actors.Runtime.Sharding;

/// <summary>One entity as its shard sees it.</summary>
internal sealed class ShardEntity(string id, IActorRef actor)
{
    internal string Id => id;

    internal IActorRef Actor => actor;

    /// <summary>What came since it asked to be passivated; null while it is awake.</summary>
    internal Queue<(object Message, IActorRef? Sender)>? Buffer { get; set; }
}
