using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace Conference.Node.Akka;

/// <summary>The members that count, as this node sees them. Immutable; the newest is <see cref="VoteBoard.Current"/>.</summary>
/// <param name="Self">This node, whether it counts or not.</param>
/// <param name="All">Members that are up or leaving: whom Akka's split brain resolver counts.</param>
/// <param name="Down">Members that were put out, of now and of before.</param>
internal sealed record ClusterVotes(UniqueAddress Self, ImmutableArray<Vote> All, ImmutableHashSet<UniqueAddress> Down)
{
    /// <summary>
    /// The members this node is in touch with, perhaps by way of others: itself, every member that nobody reports as unreachable, and of the unreachable ones
    /// those that answered this node lately, or have seen the newest gossip, which tells that they are unreachable.
    /// </summary>
    /// <param name="since">An answer to a question of then or later counts as lately.</param>
    /// <param name="seenBy">Who has seen the newest gossip.</param>
    public IEnumerable<UniqueAddress> Here(long since, IReadOnlySet<Address> seenBy) =>
        All.Where(v => v.Node == Self || !v.IsUnreachable || v.Heard >= since || seenBy.Contains(v.Node.Address)).Select(v => v.Node);

    /// <summary>The newest time of which it is known that a majority was in touch then; null when there has been none.</summary>
    /// <param name="now">This node is in touch with itself.</param>
    public long? MajorityHeard(long now)
    {
        if (All.IsEmpty)
            return null;
        var heard = All.Select(v => v.Node == Self ? now : v.Heard).OrderDescending().ToArray();
        long majority = heard[heard.Length / 2];
        return majority == 0 ? null : majority;
    }
}

/// <param name="Node">A member.</param>
/// <param name="IsUnreachable">Somebody misses it.</param>
/// <param name="Heard">When it was asked the last question that it answered; 0 when it never has.</param>
internal readonly record struct Vote(UniqueAddress Node, bool IsUnreachable, long Heard);

/// <summary>Where <see cref="PulseActor"/> leaves the votes for whoever asks from another thread.</summary>
internal sealed class VoteBoard
{
    private volatile ClusterVotes? _current;

    /// <summary>Null before this node has heard of a cluster.</summary>
    public ClusterVotes? Current
    {
        get => _current;
        set => _current = value;
    }
}
