using System.Collections.Immutable;
using Conference.Media.Forwarding;

namespace Conference.Media.Trunks;

/// <summary>What one loop's end of the trunks counts. One writer.</summary>
internal sealed class TrunkCounters
{
    public long DatagramsIn;
    public long BytesIn;
    public long DatagramsOut;
    public long BytesOut;

    /// <summary>By <see cref="TrunkDropReason"/>.</summary>
    public long[] Drops { get; } = new long[TrunkStatistics.None.Drops.Length];

    /// <summary>What the send step counts: a trunk's datagrams are none of those that members are sent.</summary>
    public LoopCounters Sends { get; } = new();

    public static TrunkStatistics Sum(IReadOnlyList<TrunkCounters> ends, ImmutableArray<TrunkPeerStatistics> peers)
    {
        long[] drops = [.. TrunkStatistics.None.Drops.Select((_, reason) => ends.Sum(e => Volatile.Read(ref e.Drops[reason])))];
        long refused = ends.Sum(e => e.Sends.Drops.Sum());
        long tooLarge = ends.Sum(e => Volatile.Read(ref e.Sends.Drops[(int)DropReason.TooLarge]));
        drops[(int)TrunkDropReason.TooLarge] += tooLarge;
        drops[(int)TrunkDropReason.SendFailed] += refused - tooLarge;
        return new TrunkStatistics(
            ends.Sum(e => Volatile.Read(ref e.DatagramsIn)), ends.Sum(e => Volatile.Read(ref e.BytesIn)),
            ends.Sum(e => Volatile.Read(ref e.DatagramsOut)), ends.Sum(e => Volatile.Read(ref e.BytesOut)), [.. drops], peers);
    }
}
