using Akka.Actor;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors;

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
