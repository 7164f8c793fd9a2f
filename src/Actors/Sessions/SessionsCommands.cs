using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Serialization;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Sessions;

/// <summary>What can be said to <see cref="SessionsActor"/>.</summary>
public static class SessionsCommands
{
    /// <summary>A client has connected. -> <see cref="SessionsReplies"/></summary>
    /// <param name="Connection">The client.</param>
    /// <param name="Host">This host, as the client sees it.</param>
    /// <param name="IsGreeted">It had a session before, and started TLS: it is not greeted twice.</param>
    public sealed record Accept(ISessionConnection Connection, string Host, bool IsGreeted = false) : INoSerializationVerificationNeeded;

    /// <summary>No more clients, and an end to those there are. -> how many (<see cref="SessionsTold"/>), once all have ended.</summary>
    public sealed record Close(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>
    /// No more clients; those there are go on, and are told (<c>114 moving</c>, where they asked for events) which node to go on with: the
    /// nodes that stay take turns. Said again, it means nothing. -> <see cref="DrainProgress"/>, at once
    /// </summary>
    public sealed record Drain : INoSerializationVerificationNeeded;

    /// <summary>The sessions there are end now; whether new ones come is not changed. -> how many are told (<see cref="SessionsTold"/>), at once</summary>
    public sealed record EndAll(string Reason) : INoSerializationVerificationNeeded;

    /// <summary>A domain is gone: the sessions of its people end.</summary>
    public sealed record EndDomain(Domain Domain) : INoSerializationVerificationNeeded;

    /// <summary>Clients are welcome again. -> <see cref="DrainProgress"/>, at once</summary>
    public sealed record CallOffDrain : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="DrainProgress"/></summary>
    public sealed record ReadDrain : INoSerializationVerificationNeeded;
}

public static class SessionsReplies
{
    public sealed record Accepted(IActorRef Session) : INoSerializationVerificationNeeded;

    public sealed record Refused(string Reason) : INoSerializationVerificationNeeded;
}

/// <summary>How far a drain has come.</summary>
/// <param name="IsDraining">It goes on.</param>
/// <param name="Sessions">Open on this node.</param>
public sealed record DrainProgress(bool IsDraining, int Sessions) : INoSerializationVerificationNeeded;

/// <summary>How many sessions were told to end.</summary>
public sealed record SessionsTold(int Sessions) : INoSerializationVerificationNeeded;

/// <summary>What can be said to a <see cref="SessionActor"/>, beside the client's commands and the notices of others.</summary>
public static class SessionCommands
{
    /// <summary>A connection is gone.</summary>
    /// <param name="Connection">Which: the session may go on over another by now.</param>
    public sealed record Disconnected(ISessionConnection Connection) : INoSerializationVerificationNeeded;

    /// <summary>The client is back, on another connection, and takes the session up again. -> <see cref="SessionOutcome.Resumed"/>, <see cref="SessionOutcome.NotSignedIn"/></summary>
    public sealed record Resume(ISessionConnection Connection) : INoSerializationVerificationNeeded;

    /// <summary>This domain is gone. Whoever is of another passes it over.</summary>
    public sealed record EndIfOf(Domain Domain) : INoSerializationVerificationNeeded;

    /// <summary>The browser's connection is not what it was: where it is lost, so is the session.</summary>
    public sealed record MediaChanged : INoSerializationVerificationNeeded
    {
        public static MediaChanged Instance { get; } = new();
    }

    /// <summary>By what the media of a browser's session is negotiated. -> <see cref="SessionMedia"/></summary>
    public sealed record ReadMedia : INoSerializationVerificationNeeded
    {
        public static ReadMedia Instance { get; } = new();
    }

    /// <summary>A token was shown for the first time.</summary>
    public sealed record TokenShown(RoamToken Token) : INoSerializationVerificationNeeded;

    /// <summary>It waits in a room's lobby. When the room's actor ends nobody knows that any more, and it asks to be let in again.</summary>
    [MessagePackObject]
    public sealed record WatchLobby([property: Key(0)] Name Room, [property: Key(1)] IActorRef Actor) : IWireMessage;

    /// <summary>End it: <c>421 reason</c>; its calls' records say <paramref name="Fate"/>.</summary>
    [MessagePackObject]
    public sealed record End([property: Key(0)] string Reason, [property: Key(1)] CallEnd Fate = CallEnd.PutOut) : IWireMessage;
}

/// <summary>The answer to <see cref="SessionCommands.ReadMedia"/>.</summary>
/// <param name="Connection">Null before the first CONN, and after the last DCON.</param>
public sealed record SessionMedia(WebOpening.Opened? Connection) : INoSerializationVerificationNeeded;

/// <summary>What a session can say to a <see cref="MediaPortActor"/>.</summary>
public static class MediaPortCommands
{
    /// <summary>Open and join. -> <see cref="SessionOutcome.Connected"/>, <see cref="SessionOutcome.Waiting"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="Parameters">What is wanted of the service.</param>
    /// <param name="Token">See <see cref="Roam"/>.</param>
    /// <param name="Pass">What the client shows to be let in.</param>
    public sealed record Connect(ServiceParameters Parameters, RoamToken? Token, RoomPass Pass) : INoSerializationVerificationNeeded;

    /// <summary>Follow this token from now on; null follows none. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Roam(RoamToken? Token) : INoSerializationVerificationNeeded;

    /// <summary>Leave the room; the port closes with the actor. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Disconnect : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Configure(ServiceParameters Parameters) : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="SessionOutcome.Reading"/></summary>
    public sealed record ReadRate : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="PortStatistics"/></summary>
    public sealed record Read : INoSerializationVerificationNeeded;
}

/// <summary>
/// How a session ends, for the records of its calls. The session writes it before it stops; its ports, which stop with it and have no
/// time for a message, read it then.
/// </summary>
public sealed class SessionFate
{
    private volatile CallEnd _end = CallEnd.Lost;

    /// <summary>Until something else is known: the connection was lost.</summary>
    public CallEnd End
    {
        get => _end;
        set => _end = value;
    }
}
