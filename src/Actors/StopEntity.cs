using Akka.Actor;
using Akka.Event;

namespace Conference.Actors;

/// <summary>What a shard tells an entity that is to go, because it asked for it or because the shard moves. Not a poison pill: that would overtake
/// what the entity put aside.</summary>
public sealed record StopEntity : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static StopEntity Instance { get; } = new();
}
