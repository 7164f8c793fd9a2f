using Conference.Media.Trunks;

namespace Conference.Media.Transport.Linux;

internal enum LoopCommandKind
{
    /// <summary>Watch a new door.</summary>
    WatchDoor,

    /// <summary>Close a door whose socket is a tombstone already.</summary>
    CloseDoor,

    /// <summary>Adopt a port's connected socket, and forward what came first.</summary>
    Adopt,

    /// <summary>Forward what came to the door after all.</summary>
    Late,

    /// <summary>Close a port whose socket is a tombstone already.</summary>
    ClosePort,

    /// <summary>From now on another loop sends to a port's client.</summary>
    Relay,

    /// <summary>A port on another node is named by no route any more.</summary>
    ForgetSources,

    /// <summary>Close a descriptor that another loop has given up, and this one sends on.</summary>
    CloseSocket,
}

/// <summary>What other threads ask of a loop. Control only: no datagram of a latched client travels this way.</summary>
/// <param name="Datagrams">Copies of what arrived at the door, in order.</param>
internal readonly record struct LoopCommand(
    LoopCommandKind Kind, LinuxDoor? Door = null, LinuxPort? Port = null, List<byte[]>? Datagrams = null,
    LinuxMediaLoop? Outlet = null, int Socket = -1, TrunkPort? Gone = null);
