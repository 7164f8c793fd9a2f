using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions;

/// <summary>What can be said to a <see cref="SessionActor"/>, beside the client's commands and the notices of others.</summary>
public static class SessionCommands
{
    /// <summary>The connection is gone.</summary>
    public sealed record Disconnected
    {
        public static Disconnected Instance { get; } = new();
    }

    /// <summary>This user does not know any more who is signed in: whoever is, say so again.</summary>
    public sealed record Forgotten(Name User);

    /// <summary>End it: <c>421 reason</c>; its calls' records say <paramref name="Fate"/>.</summary>
    public sealed record End(string Reason, CallEnd Fate = CallEnd.PutOut);
}
