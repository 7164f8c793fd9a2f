using Akka.Actor;

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
