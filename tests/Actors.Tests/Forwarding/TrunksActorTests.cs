using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.Tests.Support;
using Conference.Media;

namespace Conference.Actors.Tests.Forwarding;

/// <summary>Nodes that tell each other how to send to them: over simulated links, into planes that remember.</summary>
public sealed class TrunksActorTests : IAsyncDisposable
{
    private readonly TestCluster _cluster = new();
    private readonly Dictionary<TestNode, RecordingMediaPlane> _planes = [];
    private int _offers;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public void Nodes_that_meet_open_trunks_by_each_others_offers()
    {
        var (a, b, c) = (Join("a"), Join("b"), Join("c"));
        foreach (var node in new[] { a, b, c })
        {
            foreach (var other in new[] { a, b, c }.Where(n => n != node))
            {
                var offer = Assert.Single(Opened(node, other));
                Assert.Equal(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4330), offer!.Endpoints[0]);
                Assert.Equal(new IPEndPoint(IPAddress.Parse("fd00::7"), 9), offer.Endpoints[1]);
                Assert.Equal(TrunkOffer.SecretBytes, offer.Secret.Length);
            }
        }

        // No key is told to two nodes.
        Assert.Equal(6, _planes.Values.SelectMany(p => p.Opened).Select(o => o.Offer!.Index).Distinct().Count());
    }

    [Fact]
    public void A_link_that_comes_back_brings_new_keys_since_old_offers_may_be_lost()
    {
        var (a, b) = (Join("a"), Join("b"));
        _cluster.Cut(a, b);
        _cluster.AwaitIdle();
        _cluster.Mend(a, b);
        _cluster.AwaitIdle();
        Assert.Equal(2, Opened(a, b).Count);
        Assert.Equal(2, Opened(b, a).Count);
    }

    [Fact]
    public void A_cut_link_alone_closes_nothing_and_a_node_that_is_down_is_closed()
    {
        var (a, b) = (Join("a"), Join("b"));
        _cluster.Cut(a, b);
        _cluster.AwaitIdle();
        Assert.DoesNotContain(null, Opened(a, b));
        _cluster.Kill(b);
        _cluster.DeclareDown(b);
        _cluster.AwaitIdle();
        Assert.Null(Opened(a, b)[^1]);
    }

    [Fact]
    public void Keys_are_renewed_in_an_hour()
    {
        var (a, b) = (Join("a"), Join("b"));
        _cluster.Advance(TimeSpan.FromMinutes(58));
        Assert.Single(Opened(a, b));
        _cluster.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(2, Opened(a, b).Count);
        Assert.Equal(2, Opened(b, a).Count);
        _cluster.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(2, Opened(a, b).Count);
    }

    [Fact]
    public void Keys_are_renewed_before_they_are_used_up()
    {
        var (a, b) = (Join("a"), Join("b"));
        _planes[a].Trunks = Used(b, TrunksState.KeyUse - 1);
        _cluster.Advance(TimeSpan.FromMinutes(2));
        Assert.Single(Opened(b, a));
        _planes[a].Trunks = Used(b, TrunksState.KeyUse);
        _cluster.Advance(TimeSpan.FromMinutes(1.5));
        Assert.Equal(2, Opened(b, a).Count);
        Assert.Single(Opened(a, b));
    }

    [Fact]
    public void A_node_that_comes_back_under_another_id_is_another_peer()
    {
        var (a, b) = (Join("a"), Join("b"));
        NodeId before = b.Id;
        _cluster.Fence(b);
        _cluster.AwaitIdle();
        _cluster.Rejoin(b);
        _cluster.AwaitIdle();
        Assert.NotEqual(before, b.Id);
        Assert.Null(_planes[a].Opened.Last(o => o.Peer.Value == before.Value).Offer);
        Assert.NotNull(Opened(a, b)[^1]);
    }

    [Fact]
    public void A_plane_without_trunks_offers_nothing()
    {
        var (a, b) = (Join("a", hasTrunks: false), Join("b"));
        Assert.Empty(Opened(b, a));
        Assert.Single(Opened(a, b));
    }

    private static TrunkStatistics Used(TestNode peer, long use) =>
        TrunkStatistics.None with { Peers = [new TrunkPeerStatistics(new PeerId(peer.Id.Value), true, use)] };

    /// <summary>What a node's plane was told of another, in order; null is a close.</summary>
    private List<TrunkOffer?> Opened(TestNode node, TestNode of) =>
        [.. _planes[node].Opened.Where(o => o.Peer.Value == of.Id.Value).Select(o => o.Offer)];

    private TestNode Join(string name, bool hasTrunks = true)
    {
        var node = _cluster.Join(name);
        var plane = _planes[node] = new RecordingMediaPlane();
        if (hasTrunks)
            plane.Offer = _ => MakeOffer();
        var remote = new RemoteActors(node.Sys, node, node, ConferenceMessages.Instance);
        remote.Register(WellKnownActor.Trunks, TrunksActor.Start(node.Sys, plane, node, id => remote.RefOf(id, WellKnownActor.Trunks)));
        remote.Open();
        _cluster.AwaitIdle();
        return node;
    }

    private TrunkOffer MakeOffer()
    {
        int number = Interlocked.Increment(ref _offers);
        return new TrunkOffer(
            (ushort)number, [.. Enumerable.Repeat((byte)number, TrunkOffer.SecretBytes)],
            [new IPEndPoint(IPAddress.Parse("10.0.0.1"), 4330), new IPEndPoint(IPAddress.Parse("fd00::7"), 9)]);
    }
}
