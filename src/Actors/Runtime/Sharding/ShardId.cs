namespace Conference.Actors.Runtime.Sharding;

/// <summary>One of the equal parts that the entities of a type fall into. What moves between nodes is a shard, never an entity alone.</summary>
public readonly record struct ShardId(int Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
