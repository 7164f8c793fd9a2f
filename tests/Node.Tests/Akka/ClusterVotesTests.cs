using Akka.Actor;
using Akka.Cluster;
using Conference.Node.Akka;

namespace Conference.Node.Tests.Akka;

public sealed class ClusterVotesTests
{
    private static readonly UniqueAddress _a = Node(1), _b = Node(2), _c = Node(3), _d = Node(4);

    [Theory]
    [InlineData(new long[] { }, 100L)]
    [InlineData(new long[] { 90 }, 90L)]
    [InlineData(new long[] { 90, 50 }, 90L)]
    [InlineData(new long[] { 90, 50, 70 }, 70L)]
    [InlineData(new long[] { 90, 50, 70, 60 }, 70L)]
    public void A_majority_was_heard_when_the_last_of_it_was(long[] others, long heard)
    {
        var votes = Votes([new Vote(_a, false, 0), .. others.Select((h, i) => new Vote(Node(i + 2), false, h))]);

        Assert.Equal(heard, votes.MajorityHeard(now: 100));
    }

    [Fact]
    public void A_majority_that_has_never_answered_was_not_heard()
    {
        Assert.Null(Votes([new Vote(_a, false, 0), new Vote(_b, false, 0)]).MajorityHeard(100));
        Assert.Null(Votes([]).MajorityHeard(100));
    }

    [Fact]
    public void Here_is_who_nobody_misses_who_was_heard_and_who_has_seen_that_it_is_missed()
    {
        var votes = Votes([new Vote(_a, true, 0), new Vote(_b, false, 0), new Vote(_c, true, 50), new Vote(_d, true, 49)]);

        Assert.Equal([_a, _b, _c], votes.Here(50, new HashSet<Address>()));
        Assert.Equal([_a, _b, _c, _d], votes.Here(50, new HashSet<Address> { _d.Address }));
    }

    private static ClusterVotes Votes(Vote[] all) => new(_a, [.. all], []);

    private static UniqueAddress Node(int number) => new(new Address("akka.tls", "conference", $"10.0.0.{number}", 4330), number);
}
