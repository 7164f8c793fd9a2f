using System.Buffers.Binary;
using Conference.Actors.Cluster;

namespace Conference.Node.Cluster;

/// <summary>What a node's database sessions are known by to the others. Nodes of neighbouring releases share it, so it never changes.</summary>
internal static class SessionNames
{
    /// <summary>Said when the tables have changed.</summary>
    internal const string Channel = "conference_cluster";

    /// <summary>Advisory locks of a transaction: who reconciles, and who registers.</summary>
    internal const long ReconcileLock = 0x636F_6E66_0001, RegisterLock = 0x636F_6E66_0002;

    /// <summary>Before the id of a life, the application name of every session of it: by this they are ended when it is dead.</summary>
    internal const string ApplicationPrefix = "conference-node-";

    internal static string ApplicationName(NodeId life) => ApplicationPrefix + life.Value.ToString("D");

    /// <summary>The advisory lock that one session of a life holds as long as it lives: the first half of its id.</summary>
    internal static long LockOf(NodeId life)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = life.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
