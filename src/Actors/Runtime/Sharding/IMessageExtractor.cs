namespace Conference.Actors.Runtime.Sharding;

/// <summary>Finds out for whom a message is. Called on the region's turn; must be pure, and the same on every node.</summary>
public interface IMessageExtractor
{
    /// <summary>Null when the message is for no entity: it is then unhandled.</summary>
    string? EntityId(object message);

    /// <summary>What the entity receives.</summary>
    object EntityMessage(object message);

    ShardId ShardId(string entityId);
}
