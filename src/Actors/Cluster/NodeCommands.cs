using System.Collections.Immutable;
using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Cluster;

/// <summary>What any node may ask of another: takes them <see cref="NodeActor"/>.</summary>
public static class NodeCommands
{
    /// <summary>Which users or rooms of one domain run on the node now, in the ordinal order of their names. -> <see cref="AwakeNames"/></summary>
    /// <param name="Rooms">Rooms; otherwise users.</param>
    /// <param name="After">Only names behind this; null for all.</param>
    /// <param name="Limit">At most so many.</param>
    /// <param name="Domain">Of which domain.</param>
    [MessagePackObject]
    public sealed record ListAwake(
        [property: Key(0)] bool Rooms, [property: Key(1)] string? After, [property: Key(2)] int Limit, [property: Key(3)] Domain Domain = default) : IWireMessage;

    /// <summary>Whether a session of the node is signed in by a name. -> <see cref="SignedInHere"/></summary>
    [MessagePackObject]
    public sealed record IsSignedIn([property: Key(0)] Name User) : IWireMessage;

    /// <summary>What the node says of itself. -> <see cref="StatisticsRead"/>, once there is any</summary>
    /// <param name="WithRooms">With what flows in its rooms.</param>
    [MessagePackObject]
    public sealed record ReadStatistics([property: Key(0)] bool WithRooms) : IWireMessage;

    /// <summary>Begin a drain, or give the one there is another deadline. -> <see cref="DrainStatus"/></summary>
    /// <param name="Within">How long sessions have from now; null for as long as usual, or as was said before.</param>
    [MessagePackObject]
    public sealed record BeginDrain([property: Key(0)] TimeSpan? Within) : IWireMessage;

    /// <summary>Without a drain it means nothing. -> <see cref="DrainStatus"/></summary>
    [MessagePackObject]
    public sealed record CallOffDrain : IWireMessage;

    /// <summary>-> <see cref="DrainStatus"/></summary>
    [MessagePackObject]
    public sealed record ReadDrain : IWireMessage;
}

/// <summary>The answer to <see cref="NodeCommands.IsSignedIn"/>.</summary>
[MessagePackObject]
public sealed record SignedInHere([property: Key(0)] NodeId Node, [property: Key(1)] bool IsHere) : IWireMessage;

/// <summary>The answer to <see cref="NodeCommands.ListAwake"/>.</summary>
[MessagePackObject]
public sealed record AwakeNames([property: Key(0)] ImmutableArray<string> Names) : IWireMessage;

/// <summary>The answer to <see cref="NodeCommands.ReadStatistics"/>.</summary>
/// <param name="Content">In the node's own encoding.</param>
[MessagePackObject]
public sealed record StatisticsRead([property: Key(0)] byte[] Content) : IWireMessage;

public enum DrainState
{
    /// <summary>No drain: clients are welcome.</summary>
    Serving,

    /// <summary>It sends its sessions on; no client is let in.</summary>
    Draining,

    /// <summary>It has no session. It stays so until it is stopped, or the drain is called off.</summary>
    Drained,
}

/// <summary>How far a drain is.</summary>
/// <param name="State">See there.</param>
/// <param name="Since">When it began; null while there is none.</param>
/// <param name="Deadline">When the sessions that are left are ended; null while there is none.</param>
/// <param name="Sessions">Sessions that are left.</param>
/// <param name="Shards">Shards the node still owns.</param>
[MessagePackObject]
public sealed record DrainStatus(
    [property: Key(0)] DrainState State,
    [property: Key(1)] DateTimeOffset? Since,
    [property: Key(2)] DateTimeOffset? Deadline,
    [property: Key(3)] int Sessions,
    [property: Key(4)] int Shards) : IWireMessage;

/// <summary>The drain of this node: what the node must provide. Safe from any thread.</summary>
public interface INodeDrain
{
    /// <summary>Begins one, if there is none yet.</summary>
    /// <param name="within">How long sessions have from now, for the drain there is too; null for as long as usual, or as was said before.</param>
    void Begin(TimeSpan? within);

    /// <returns>False when there was none.</returns>
    Task<bool> CallOffAsync();

    /// <exception cref="Akka.Actor.AskTimeoutException">The sessions do not answer.</exception>
    Task<DrainStatus> ReadAsync();
}

/// <summary>What this node says of itself to the consoles of the others: what the node must provide. Safe from any thread.</summary>
public interface INodeStatistics
{
    /// <returns>As it was read last, in the node's own encoding, well below a frame of the remoting; null before there is any.</returns>
    /// <param name="withRooms">With what flows in its rooms.</param>
    byte[]? Latest(bool withRooms);
}
