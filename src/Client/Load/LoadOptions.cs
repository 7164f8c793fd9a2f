using System.Net;
using Conference.Protocol;

namespace Conference.Client.Load;

/// <summary>One load run. <see cref="Check"/> before use.</summary>
/// <param name="Server">Where; its name is the rooms' common beginning, <c>load</c> and the run's number where it has none.</param>
public sealed record LoadOptions(QcvcAddress Server)
{
    /// <summary>Pairs of sender and receiver whose order is watched; 56 bytes each.</summary>
    private const long MaxPairs = 20_000_000;

    /// <summary>Further nodes of the same cluster: the members of each room are dealt out to all of them. Only their hosts and ports count.</summary>
    public IReadOnlyList<QcvcAddress> OtherNodes { get; init; } = [];

    /// <summary>Members go where their node sends them, and come back through another when the connection is lost.</summary>
    public bool Follows { get; init; }

    public int Clients { get; init; } = 10;

    public int Rooms { get; init; } = 1;

    /// <summary>Clients of each room that send.</summary>
    public SenderCount Senders { get; init; } = new(1, false);

    /// <summary>Bytes of a datagram, its RTP header included.</summary>
    public int Size { get; init; } = 1200;

    /// <summary>Packets per second and sender.</summary>
    public double Rate { get; init; } = 100;

    /// <summary>Packets sent at once; the rate stays what it is.</summary>
    public int Burst { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public Service Service { get; init; } = Service.Video;

    /// <summary>Client i uses this address plus i for TCP and UDP; null lets the system choose.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Joins begun per second; 0 as fast as it goes.</summary>
    public double ConnectRate { get; init; }

    /// <summary>Threads that receive.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Hand bursts to the kernel whole (UDP_SEGMENT), Linux only.</summary>
    public bool SegmentSends { get; init; }

    /// <summary>Take bursts from the kernel whole (UDP_GRO), Linux only.</summary>
    public bool CoalesceReceives { get; init; }

    /// <returns>Everything that is wrong, each in one sentence.</returns>
    public IReadOnlyList<string> Check()
    {
        List<string> wrong = [];
        void Must(bool holds, string what)
        {
            if (!holds)
                wrong.Add(what);
        }

        Must(Clients is >= 1 and <= 1_000_000, "--clients must be 1 or more");
        Must(Rooms >= 1 && Rooms <= Math.Min(Clients, LoadPlan.MaxRooms), "--rooms must be 1 to the number of clients");
        Must(Size is >= LoadPacket.MinSize and <= 65_000, $"--size must be {LoadPacket.MinSize} to 65000");
        Must(Rate is > 0 and <= 10_000_000, "--rate must be above 0");
        Must(Burst is >= 1 and <= 1000, "--burst must be 1 to 1000");
        Must(Duration > TimeSpan.Zero, "--seconds must be above 0");
        Must(ConnectRate >= 0, "--connect-rate must be 0 or more");
        Must(Threads is >= 1 and <= 64, "--threads must be 1 to 64");
        Must(Service.IsMedia, "--service must be a media service");
        Must(OperatingSystem.IsLinux() || !(SegmentSends || CoalesceReceives), "--gso and --gro need Linux");
        if (wrong.Count > 0)
            return wrong;
        int senders = Senders.In((Clients + Rooms - 1) / Rooms);
        Must(senders <= LoadPlan.MaxSenders, $"--senders must be at most {LoadPlan.MaxSenders} of a room");
        Must((long)Clients * senders <= MaxPairs, "that are too many pairs of sender and receiver: use more rooms or fewer senders");
        return wrong;
    }
}
