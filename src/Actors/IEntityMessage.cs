using Akka.Actor;
using Akka.Event;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors;

/// <summary>A message for a user or a room, wherever in the cluster that is.</summary>
public interface IEntityMessage : IWireMessage
{
    /// <summary>Of whom, within its kind: <c>domain/name</c>.</summary>
    string EntityId { get; }
}

/// <summary>
/// Names one command of one operator. Whoever asks over nodes may have to ask again without knowing what became of the first time: a
/// command that has been carried out is not carried out again, and is answered as it was then.
/// </summary>
public readonly record struct CommandId(Guid Value)
{
    public static CommandId New() => new(Guid.NewGuid());
}

/// <summary>The answer of an entity that cannot say what is so or do what was asked: its store is away, or its node may not act. Ask again.</summary>
[MessagePackObject]
public sealed record Unavailable : IWireMessage
{
    public static Unavailable Instance { get; } = new();
}

/// <summary>Nobody could answer in time, or answer for certain. Whether anything was done is not known; asked again, nothing is done twice.</summary>
public sealed class UnavailableException(string message) : Exception(message)
{
    /// <summary>What an ask ends with where this is meant: the entity said so, or nobody said anything.</summary>
    public static bool IsMeantBy(Exception exception) => exception is UnavailableException or AskTimeoutException;
}

/// <summary>What a shard tells an entity that is to go, because it asked for it or because the shard moves. Not a poison pill: that would overtake
/// what the entity put aside.</summary>
public sealed record StopEntity : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static StopEntity Instance { get; } = new();
}
