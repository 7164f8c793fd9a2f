using Conference.Actors.Persistence;
using Conference.Actors.Runtime.Sharding;
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

    /// <summary>These shards have other owners, and their users may not know any more who is signed in: whoever is one of them, say so again.</summary>
    public sealed record ShardsMoved(IReadOnlySet<ShardId> Shards);

    /// <summary>This node has begun another life, and nobody knows its sessions by it: say again who is signed in.</summary>
    public sealed record Reintroduce
    {
        public static Reintroduce Instance { get; } = new();
    }

    /// <summary>End it: <c>421 reason</c>; its calls' records say <paramref name="Fate"/>.</summary>
    public sealed record End(string Reason, CallEnd Fate = CallEnd.PutOut);
}
