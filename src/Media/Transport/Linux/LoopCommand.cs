using Conference.Media.Forwarding;

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

    /// <summary>A port on another node is named by no route any more, or a browser's has closed.</summary>
    ForgetSources,

    /// <summary>Watch a browser's door.</summary>
    WatchWebDoor,

    /// <summary>Watch a new way to a browser.</summary>
    WatchPath,

    /// <summary>Close a way whose socket is a tombstone already.</summary>
    DropPath,

    /// <summary>A browser's connection has ended, and nothing comes from it any more.</summary>
    CloseLink,

    /// <summary>The same, and nothing is sent to it any more.</summary>
    DisposeLink,

    /// <summary>Close a descriptor that another loop has given up, and this one sends on.</summary>
    CloseSocket,
}

/// <summary>What other threads ask of a loop. Control only: no datagram of a latched client travels this way.</summary>
/// <param name="Datagrams">Copies of what arrived at the door, in order.</param>
internal readonly record struct LoopCommand(
    LoopCommandKind Kind, LinuxDoor? Door = null, LinuxPort? Port = null, List<byte[]>? Datagrams = null,
    LinuxMediaLoop? Outlet = null, int Socket = -1, MediaPort? Gone = null, WebDoor? WebDoor = null, WebPath? Path = null, WebLink? Link = null);
