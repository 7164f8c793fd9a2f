using System.Collections.Immutable;
using System.Net;
using Conference.Media.Tests.Support;

namespace Conference.Media.Tests.Trunks;

/// <summary>One room on several real planes in this process, each at an address of its own.</summary>
internal sealed class PlaneCluster : IDisposable
{
    private readonly List<PlaneNode> _nodes = [];

    /// <param name="carriers">One a node.</param>
    public PlaneCluster(Carrier[] carriers, int loops = 2, Func<MediaOptions, MediaOptions>? with = null)
    {
        foreach (Carrier carrier in carriers)
            Start(carrier, loops, with);
        Introduce();
    }

    public PlaneCluster(Carrier carrier, int nodes = 2, int loops = 2, Func<MediaOptions, MediaOptions>? with = null)
        : this([.. Enumerable.Repeat(carrier, nodes)], loops, with)
    {
    }

    public IReadOnlyList<PlaneNode> Nodes => _nodes;

    public PlaneNode this[int node] => _nodes[node];

    /// <summary>A node that knows nobody yet.</summary>
    public PlaneNode Start(Carrier carrier, int loops = 2, Func<MediaOptions, MediaOptions>? with = null)
    {
        var address = IPAddress.Parse($"127.0.9.{_nodes.Count + 1}");
        var room = new Room(carrier, ports: 32, loops: loops, with: o =>
        {
            o = o with { Trunk = new TrunkOptions(address, 0) };
            return with?.Invoke(o) ?? o;
        }) { FirstParticipant = (100 * _nodes.Count) + 1 };
        var node = new PlaneNode(new PeerId(Guid.NewGuid()), room);
        _nodes.Add(node);
        return node;
    }

    /// <summary>A node dies: the others are told, and it can be started anew.</summary>
    public void Kill(PlaneNode node)
    {
        _nodes.Remove(node);
        node.Room.Dispose();
        foreach (PlaneNode other in _nodes)
            other.Plane.CloseTrunk(node.Id);
        Apply();
    }

    /// <summary>Every node offers every other a new key.</summary>
    public void Introduce()
    {
        foreach (PlaneNode node in _nodes)
        {
            foreach (PlaneNode peer in _nodes.Where(n => n != node))
                node.OfferTo(peer);
        }
    }

    public Member Join(int node, string address, string service = "video", bool latch = true)
    {
        Member member = _nodes[node].Room.Join(address, service, latch: false);
        Apply();
        if (latch)
            member.Latch();
        return member;
    }

    public void Leave(int node, Member member)
    {
        _nodes[node].Room.Leave(member);
        Apply();
    }

    /// <summary>Tells every node who is on the others.</summary>
    public void Apply()
    {
        foreach (PlaneNode node in _nodes)
        {
            node.Room.Remote = [.. _nodes.Where(n => n != node).SelectMany(n => n.Room.Members.Select(m => n.RouteOf(m)))];
            node.Room.Apply();
        }
    }

    public void Dispose()
    {
        foreach (PlaneNode node in _nodes)
            node.Room.Dispose();
    }
}

internal sealed class PlaneNode(PeerId id, Room room)
{
    public PeerId Id => id;

    public Room Room => room;

    public Conference.Media.Transport.MediaPlane Plane => room.Plane;

    public TrunkStatistics Trunks => Plane.Read().Trunks;

    public long Drops(TrunkDropReason reason) => Trunks.Drops[(int)reason];

    /// <summary>Where it listens for a peer's datagrams, by loop. Makes a key that nobody uses.</summary>
    public ImmutableArray<IPEndPoint> Endpoints => Plane.OfferTrunk(new PeerId(Guid.NewGuid()))!.Endpoints;

    /// <summary>The peer may send here by a new key from now on, and does.</summary>
    public TrunkOffer OfferTo(PlaneNode peer)
    {
        TrunkOffer offer = Plane.OfferTrunk(peer.Id)!;
        Assert.True(peer.Plane.OpenTrunk(id, offer));
        return offer;
    }

    public RemoteRoute RouteOf(Member member) =>
        new(id, member.Port, member.Loop, member.Service, member.Participant) { Muted = member.Muted };
}
