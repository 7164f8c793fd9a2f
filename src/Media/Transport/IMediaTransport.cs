using Conference.Media.Forwarding;
using Conference.Media.Trunks;

namespace Conference.Media.Transport;

/// <summary>What became of an attempt to listen on a number.</summary>
internal enum ListenOutcome
{
    Listening,

    /// <summary>The operating system keeps this number from us; another may do.</summary>
    NumberRefused,

    /// <summary>No number would do: out of descriptors or memory, or no such address here.</summary>
    Failed,
}

/// <summary>Sockets and threads under the plane. <see cref="MediaPlane"/> calls it under its lock.</summary>
internal interface IMediaTransport : IDisposable
{
    /// <summary>How many loops there are for rooms to live on.</summary>
    int Loops { get; }

    /// <summary>One per thread that counts, the loops' first.</summary>
    IReadOnlyList<LoopCounters> Counters { get; }

    /// <summary>What each of them is busy with.</summary>
    IEnumerable<LoopStatistics> ReadLoops();

    /// <summary>What was found out at start; fallbacks are in the counters.</summary>
    MediaOffload Offload { get; }

    /// <summary>The other nodes; null where there are none.</summary>
    TrunkTable? Trunks { get; }

    /// <summary>One a loop, where there are trunks.</summary>
    IReadOnlyList<TrunkEnd> TrunkEnds { get; }

    /// <summary>What carries browsers; null where nothing does.</summary>
    IWebTransport? Web { get; }

    /// <summary>Why not, in a sentence.</summary>
    string WhyNoWeb { get; }

    ClientPort CreatePort(PortId id, RoomService service, AddressKey client, System.Net.IPAddress address, int number);

    /// <summary>Hears the port's number, for its client, from when this returns.</summary>
    ListenOutcome Listen(ClientPort port, out string reason);

    /// <summary>Hears the port's number in the other address family too, where this host has that and nobody else has the number; only who
    /// shows a token is taken up there. Asked for again, does nothing.</summary>
    void ListenInBothFamilies(ClientPort port);

    /// <summary>The port's <see cref="ClientPort.Loop"/> has changed from its room's to another one.</summary>
    void Move(ClientPort port);

    /// <summary>From when this returns nothing is sent to the port's client, and its number can be listened on afresh.</summary>
    void Close(ClientPort port);

    /// <summary>A port on another node is gone from the table: its loop is to forget what it has sent.</summary>
    void Forget(TrunkPort port);
}
