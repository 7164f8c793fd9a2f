using Akka.Actor;
using Conference.Media;
using Conference.Protocol.Session;

namespace Conference.Actors.Sessions;

/// <summary>What a session can say to a <see cref="MediaPortActor"/>.</summary>
public static class MediaPortCommands
{
    /// <summary>Open and join. -> <see cref="SessionOutcome.Connected"/>, <see cref="SessionOutcome.Refused"/></summary>
    public sealed record Connect(ServiceParameters Parameters) : INoSerializationVerificationNeeded;

    /// <summary>Leave the room; the port closes with the actor. -> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Disconnect : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="SessionOutcome.Done"/></summary>
    public sealed record Configure(ServiceParameters Parameters) : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="SessionOutcome.Reading"/></summary>
    public sealed record ReadRate : INoSerializationVerificationNeeded;

    /// <summary>-> <see cref="PortStatistics"/></summary>
    public sealed record Read : INoSerializationVerificationNeeded;
}
