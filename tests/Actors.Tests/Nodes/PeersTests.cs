using System.Net;
using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Actors.Tests.Support;
using Conference.Media;

namespace Conference.Actors.Tests.Nodes;

/// <summary>Nodes get to know each other, and tell each other how to send media to them, into planes that remember.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class PeersTests : IAsyncLifetime
{
    private readonly TestCluster _cluster = new();
    private int _offers;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Nodes_that_meet_know_each_other_and_open_trunks_by_each_others_offers()
    {
        TestNode[] nodes = [await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c")];
        foreach (var node in nodes)
        {
            Assert.Equal(
                [("a", "a.example.org", 1L, false), ("b", "b.example.org", 2L, false), ("c", "c.example.org", 3L, false)],
                node.Nodes.All.Select(n => n.Card!).OrderBy(c => c.Name).Select(c => (c.Name, c.Host, c.Number, c.IsDraining)));
            foreach (var other in nodes.Where(n => n != node))
            {
                TestCluster.Await(() => Assert.Single(Opened(node, other)));
                var offer = Assert.Single(Opened(node, other));
                Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4330), offer!.Endpoints[0]);
                Assert.Equal(new IPEndPoint(IPAddress.Parse("fd00::7"), 9), offer.Endpoints[1]);
                Assert.Equal(TrunkOffer.SecretBytes, offer.Secret.Length);
            }
        }

        // No key is told to two nodes.
        Assert.Equal(6, nodes.SelectMany(n => n.Plane.Opened).Select(o => o.Offer!.Index).Distinct().Count());

        nodes[0].Peers.Tell(new PeerMessages.SetDraining(true), ActorRefs.NoSender);
        TestCluster.Await(() => Assert.All(nodes, n => Assert.True(n.Nodes.Find(nodes[0].Id)!.Card!.IsDraining)));
        nodes[0].Peers.Tell(new PeerMessages.SetDraining(false), ActorRefs.NoSender);
        TestCluster.Await(() => Assert.All(nodes, n => Assert.False(n.Nodes.Find(nodes[0].Id)!.Card!.IsDraining)));
    }

    [Fact]
    public async Task A_node_that_joins_by_the_name_of_another_is_a_warning_in_the_log()
    {
        var (alone, twin) = (new WarningLog(), new WarningLog());
        var a = await _cluster.JoinAsync("a", new TestNodeOptions { NodeName = "twin", Loggers = alone });
        await _cluster.JoinAsync("b", new TestNodeOptions { Loggers = new WarningLog() });
        Assert.Empty(alone.Lines);
        var c = await _cluster.JoinAsync("c", new TestNodeOptions { NodeName = "twin", Loggers = twin });
        TestCluster.Await(() => Assert.StartsWith($"node {c.Id} has joined by the name twin, which is that of {a.Id}", Assert.Single(alone.Lines), StringComparison.Ordinal));
        TestCluster.Await(() => Assert.StartsWith($"node {a.Id} has joined by the name twin, which is that of {c.Id}", Assert.Single(twin.Lines), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_is_greeted_until_it_answers()
    {
        var a = await JoinAsync("a");
        int left = 5;
        _cluster.Wire.Carries = m => m.Manifest != "n.hello" || Interlocked.Decrement(ref left) < 0;
        var b = await JoinAsync("b");
        Assert.Equal("b", a.Nodes.Find(b.Id)!.Card!.Name);
        Assert.Equal("a", b.Nodes.Find(a.Id)!.Card!.Name);
        Assert.True(left < 0);
        // And no longer than that.
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        TestCluster.Await(() => Assert.Single(Opened(b, a)));
        _cluster.Skip(1);
        _cluster.Wire.ForgetSent();
        _cluster.Skip(5);
        Assert.Equal(0, _cluster.Wire.Sent("n.hello"));
    }

    [Fact]
    public async Task An_offer_is_made_until_it_is_acknowledged_and_is_the_same_one()
    {
        int offers = 4, answers = 3;
        _cluster.Wire.Carries = m => m.Manifest switch
        {
            "n.trunk" => Interlocked.Decrement(ref offers) < 0,
            "n.trunktaken" => Interlocked.Decrement(ref answers) < 0,
            _ => true,
        };
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        _cluster.SkipUntil(() => answers < 0 && Opened(a, b).Count > 0 && Opened(b, a).Count > 0, "offers have arrived");
        _cluster.Skip(2);
        Assert.Single(Opened(a, b).Select(o => o!.Index).Distinct());
        Assert.Single(Opened(b, a).Select(o => o!.Index).Distinct());
        _cluster.Wire.ForgetSent();
        _cluster.Skip(3);
        Assert.Equal(0, _cluster.Wire.Sent("n.trunk"));
    }

    [Fact]
    public async Task A_way_that_is_open_again_brings_new_keys_since_old_offers_may_be_lost()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        TestCluster.Await(() => Assert.Single(Opened(b, a)));
        _cluster.Wire.Cut("a", "b");
        _cluster.Settle();
        Assert.DoesNotContain(null, Opened(a, b));
        _cluster.Wire.Mend("a", "b");
        TestCluster.Await(() => Assert.True(Opened(a, b).Select(o => o!.Index).Distinct().Count() >= 2));
        TestCluster.Await(() => Assert.True(Opened(b, a).Select(o => o!.Index).Distinct().Count() >= 2));
        Assert.DoesNotContain(null, Opened(a, b));
    }

    [Fact]
    public async Task A_node_that_is_gone_is_closed_and_one_that_comes_in_its_place_is_another_peer()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        _cluster.Crash(b);
        TestCluster.Await(() => Assert.Null(Opened(a, b)[^1]));
        Assert.Null(a.Nodes.Find(b.Id));
        var next = await JoinAsync("d");
        Assert.NotEqual(b.Id, next.Id);
        TestCluster.Await(() => Assert.NotNull(Assert.Single(Opened(a, next))));
        Assert.Null(Opened(a, b)[^1]);
    }

    [Fact]
    public async Task What_was_made_for_an_earlier_life_of_a_node_is_not_taken()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(b, a)));
        var earlier = new NodeId(Guid.NewGuid());
        byte[] secret = [.. Enumerable.Repeat((byte)9, TrunkOffer.SecretBytes)];
        b.Peers.Tell(new PeerMessages.OfferTrunk(a.Id, earlier, 77, secret, ["10.0.0.1:4330"]), ActorRefs.NoSender);
        b.Peers.Tell(new PeerMessages.OfferTrunk(earlier, b.Id, 78, secret, ["10.0.0.1:4330"]), ActorRefs.NoSender);
        b.Peers.Tell(new PeerMessages.Hello(new NodeCard(earlier, "x", "x", 9, false), b.Id, IsAnswer: false), ActorRefs.NoSender);
        _cluster.Settle();
        Assert.Single(Opened(b, a));
        Assert.Equal(2, b.Nodes.All.Length);
        Assert.DoesNotContain(b.Plane.Opened, o => o.Peer.Value == earlier.Value);
    }

    [Fact]
    public async Task Keys_are_renewed_in_an_hour()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        TestCluster.Await(() => Assert.Single(Opened(b, a)));
        Pass(minutes: 58);
        Assert.Single(Opened(a, b));
        Pass(minutes: 4);
        TestCluster.Await(() => Assert.Equal(2, Opened(a, b).Count));
        TestCluster.Await(() => Assert.Equal(2, Opened(b, a).Count));
        Pass(minutes: 30);
        Assert.Equal(2, Opened(a, b).Count);
    }

    [Fact]
    public async Task Keys_are_renewed_before_they_are_used_up()
    {
        var (a, b) = (await JoinAsync("a"), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        TestCluster.Await(() => Assert.Single(Opened(b, a)));
        a.Plane.Trunks = Used(b, TrunkKeys.Use - 1);
        Pass(minutes: 2);
        Assert.Single(Opened(b, a));
        a.Plane.Trunks = Used(b, TrunkKeys.Use);
        Pass(minutes: 1);
        TestCluster.Await(() => Assert.Equal(2, Opened(b, a).Count));
        Assert.Single(Opened(a, b));
    }

    [Fact]
    public async Task A_plane_without_trunks_offers_nothing()
    {
        var (a, b) = (await JoinAsync("a", hasTrunks: false), await JoinAsync("b"));
        TestCluster.Await(() => Assert.Single(Opened(a, b)));
        _cluster.Settle();
        Assert.Empty(Opened(b, a));
    }

    /// <summary>Minute by minute: keys are looked at by the minute.</summary>
    private void Pass(int minutes)
    {
        for (int i = 0; i < minutes; i++)
        {
            foreach (var node in _cluster.Living)
                node.Skip(TimeSpan.FromMinutes(1));
            _cluster.Settle();
        }
    }

    private static TrunkStatistics Used(TestNode peer, long use) =>
        TrunkStatistics.None with { Peers = [new TrunkPeerStatistics(new PeerId(peer.Id.Value), true, use)] };

    /// <summary>What a node's plane was told of another, in order; null is a close. An offer that is made again is none.</summary>
    private static List<TrunkOffer?> Opened(TestNode node, TestNode of)
    {
        var told = new List<TrunkOffer?>();
        foreach (var (_, offer) in node.Plane.Opened.Where(o => o.Peer.Value == of.Id.Value))
        {
            if (told.Count == 0 || told[^1]?.Index != offer?.Index)
                told.Add(offer);
        }

        return told;
    }

    private Task<TestNode> JoinAsync(string name, bool hasTrunks = true)
    {
        var plane = new RecordingMediaPlane();
        if (hasTrunks)
            plane.Offer = _ => MakeOffer();
        return _cluster.JoinAsync(name, new TestNodeOptions { Plane = plane });
    }

    private TrunkOffer MakeOffer()
    {
        int number = Interlocked.Increment(ref _offers);
        return new TrunkOffer(
            (ushort)number, [.. Enumerable.Repeat((byte)number, TrunkOffer.SecretBytes)],
            [new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4330), new IPEndPoint(IPAddress.Parse("fd00::7"), 9)]);
    }
}
