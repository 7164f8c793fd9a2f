using System.Runtime.InteropServices;
using Conference.Media.Streams;

namespace Conference.Media.Forwarding;

/// <summary>One port's counters. Written by the port's loop only, read from anywhere; padded so that ports of different loops
/// share no cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct PortCounters
{
    public long DatagramsIn;
    public long BytesIn;
    public long DatagramsOut;
    public long BytesOut;
    public long Dropped;

    public void Sent(in SendTally tally)
    {
        DatagramsOut += tally.Datagrams;
        BytesOut += tally.Bytes;
        Dropped += tally.Dropped;
    }

    public static PortStatistics Sum(in PortCounters own, in PortCounters relayed, bool isLatched) => new(
        Volatile.Read(in own.DatagramsIn), Volatile.Read(in own.BytesIn),
        Volatile.Read(in own.DatagramsOut) + Volatile.Read(in relayed.DatagramsOut),
        Volatile.Read(in own.BytesOut) + Volatile.Read(in relayed.BytesOut),
        Volatile.Read(in own.Dropped) + Volatile.Read(in relayed.Dropped), isLatched);
}

/// <summary>One service's counters on one loop; padded like a port's.</summary>
[StructLayout(LayoutKind.Sequential, Size = 128)]
internal struct ServiceCounters
{
    public long DatagramsIn;
    public long BytesIn;
    public long DatagramsOut;
    public long BytesOut;
}

/// <summary>What one send to one receiver came to.</summary>
internal struct SendTally
{
    public long Datagrams;
    public long Bytes;
    public long Dropped;
}

/// <summary>Everything a loop counts that is not a port's own. One writer.</summary>
internal sealed class LoopCounters
{
    private static readonly int s_reasons = Enum.GetValues<DropReason>().Length;

    public ServiceCounters[] Services { get; } = new ServiceCounters[ServiceIndex.Count];

    public long[] Drops { get; } = new long[s_reasons];

    public DelayRecorder Delay { get; } = new();

    /// <summary>What the loop keeps for receivers that lost it.</summary>
    public PacketPool Packets { get; } = new();

    /// <summary>Datagrams that arrived on a socket connected to somebody else, between its bind and its connect.</summary>
    public long Strays;

    public long SourcesRefused;

    /// <summary>Runs of datagrams the kernel would not take as one, sent one by one.</summary>
    public long OffloadFallbacks;

    public long KeyframesAsked;

    public long NacksAnswered;

    public long NacksUnanswered;

    public long LayerSwitches;

    public static int Reasons => s_reasons;

    public void Drop(DropReason reason, int count = 1) => Drops[(int)reason] += count;
}
