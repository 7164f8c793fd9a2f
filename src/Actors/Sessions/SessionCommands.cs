using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors.Sessions;

/// <summary>What can be said to a <see cref="SessionActor"/>, beside the client's commands and the notices of others.</summary>
public static class SessionCommands
{
    /// <summary>The connection is gone.</summary>
    public sealed record Disconnected : INoSerializationVerificationNeeded
    {
        public static Disconnected Instance { get; } = new();
    }

    /// <summary>End it: <c>421 reason</c>; its calls' records say <paramref name="Fate"/>.</summary>
    [MessagePackObject]
    public sealed record End([property: Key(0)] string Reason, [property: Key(1)] CallEnd Fate = CallEnd.PutOut) : IWireMessage;
}
