namespace Conference.Bench.Media;

/// <summary>Something that fans one sender's packets out to receivers at 127.0.0.1, on ports from <see cref="SinkPort"/> on.</summary>
/// <param name="name">How it is called on the command line and in tables.</param>
internal abstract class Contestant(string name)
{
    public const int SinkPort = 30_000;
    public const int EntryPort = 20_000;

    public string Name => name;

    /// <summary>Why it cannot be measured here, or null.</summary>
    public virtual string? Missing => null;

    /// <summary>It sends bursts by segmentation, and is offered as much as that takes.</summary>
    public virtual bool Segments => false;

    public virtual int Loops => 1;

    /// <summary>What it sends is for other nodes or browsers, and sealed.</summary>
    public virtual bool Seals => false;

    /// <summary>How much it is offered, in parts of what the floor manages: more, so that it never waits.</summary>
    public virtual double Overload => 1.15;

    public abstract Running Start(int receivers);

    public static IReadOnlyList<Contestant> All { get; } =
    [
        new PlaneContestant("plane", "Auto", 1), new PlaneContestant("plane-off", "Off", 1), new PlaneContestant("plane-2", "Auto", 2),
        new NodeContestant(), new MultiUdpSink(), new RtpEngine(),
    ];

    /// <summary>To so many receivers here, to as many other nodes, and to as many receivers at one other node.</summary>
    public static PlaneContestant Plane { get; } = new("plane", "Auto", 1);

    public static PlaneContestant Trunk { get; } = new("trunk", "Auto", 1, PlaneShape.Trunk);

    /// <summary>To so many browsers.</summary>
    public static PlaneContestant Web { get; } = new("web", "Auto", 1, PlaneShape.Web);

    public static PlaneContestant Hop { get; } = new("hop", "Auto", 1, PlaneShape.Hop);
}

/// <summary>One that has been started.</summary>
/// <param name="process">Its process.</param>
/// <param name="entry">Where the sender sends to.</param>
/// <param name="latches">Where each receiver must send an empty datagram first, or null.</param>
internal class Running(Pinned process, int entry, int[]? latches) : IDisposable
{
    public Pinned Process => process;

    public int Entry => entry;

    public int[]? Latches => latches;

    /// <summary>Waits until it is as fast as it gets.</summary>
    public virtual void WarmUp() => Thread.Sleep(500);

    /// <summary>Packets sent and bytes allocated so far, where it can tell.</summary>
    public virtual (long Sent, long Allocated)? Ask() => null;

    public virtual void Dispose() => process.Dispose();
}
