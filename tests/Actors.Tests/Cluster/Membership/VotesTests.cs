using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;

namespace Conference.Actors.Tests.Cluster.Membership;

public class VotesTests : MembershipTest
{
    [Fact]
    public void Whom_more_than_half_of_the_others_accuse_goes() =>
        Assert.Equal([A], Evict([Row(1), Row(2, accuses: A), Row(3, accuses: A)]));

    [Fact]
    public void Half_of_the_others_is_not_enough() =>
        Assert.Empty(Evict([Row(1), Row(2, accuses: A), Row(3)]));

    [Fact]
    public void One_that_accuses_everybody_puts_nobody_out() =>
        Assert.Empty(Evict([Row(1, accuses: [B, C, D]), Row(2), Row(3), Row(4)]));

    [Fact]
    public void The_oldest_goes_when_nobody_reaches_it() =>
        Assert.Equal([A], Evict([Row(1, accuses: [B, C]), Row(2, accuses: A), Row(3, accuses: A)]));

    [Fact]
    public void Of_two_equal_halves_the_one_with_the_oldest_stays_whole() =>
        Assert.Equal([D, B], Evict([Row(1, accuses: [B, D]), Row(2, accuses: [A, C]), Row(3, accuses: [B, D]), Row(4, accuses: [A, C])]));

    [Fact]
    public void The_larger_part_stays_whole()
    {
        NodeRow[] rows =
        [
            Row(1, accuses: [C, D, Node(5)]), Row(2, accuses: [C, D, Node(5)]),
            Row(3, accuses: [A, B]), Row(4, accuses: [A, B]), Row(5, accuses: [A, B]),
        ];
        Assert.Equal([B, A], Evict(rows));
    }

    [Fact]
    public void Old_accusations_do_not_count() =>
        Assert.Empty(Evict([Row(1), Row(2, accuses: A), Row(3, accuses: A)], fresh: [A, B]));

    [Fact]
    public void Those_who_join_neither_accuse_nor_are_accused() =>
        Assert.Empty(Evict([Row(1), Row(2, NodeRowState.Joining, 1, A), Row(3, NodeRowState.Joining, 1, A), Row(4, accuses: [B, C])]));

    [Fact]
    public void Two_that_accuse_each_other_stay_for_a_while() =>
        Assert.Empty(Evict([Row(1, accuses: B), Row(2, accuses: A)]));

    [Fact]
    public void Of_two_that_accuse_each_other_for_long_the_younger_goes() =>
        Assert.Equal([B], Evict([Row(1, accuses: B), Row(2, accuses: A), Row(3)], feuds: new NodePair(A, B)));

    [Fact]
    public void A_feud_that_one_side_has_ended_is_none() =>
        Assert.Empty(Evict([Row(1, accuses: B), Row(2), Row(3)], feuds: new NodePair(A, B)));

    [Fact]
    public void Somebody_is_left_whoever_accuses_whom()
    {
        var random = new Random(1);
        for (var round = 0; round < 2_000; round++)
        {
            NodeId[] all = [.. Enumerable.Range(1, 1 + random.Next(7)).Select(Node)];
            NodeRow[] rows = [.. all.Select((id, i) => Row(i + 1, accuses: [.. all.Where(o => o != id && random.Next(2) == 0)]))];
            NodePair[] feuds = [.. from a in all from b in all where a < b select new NodePair(a, b)];
            Assert.InRange(Evict(rows, feuds: feuds).Length, 0, all.Length - 1);
        }
    }

    private static ImmutableArray<NodeId> Evict(NodeRow[] rows, NodeId[]? fresh = null, params NodePair[] feuds) =>
        Votes.Evict(rows, ReconcileEvidence.None with { Fresh = [.. fresh ?? rows.Select(r => r.Id)], Feuds = [.. feuds] });
}
