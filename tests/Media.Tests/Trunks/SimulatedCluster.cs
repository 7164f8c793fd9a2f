using System.Collections.Immutable;
using System.Net;
using Conference.Media.Forwarding;
using Conference.Media.Tests.Selection;
using Conference.Media.Trunks;

namespace Conference.Media.Tests.Trunks;

/// <summary>One room on several nodes in virtual time: what the nodes send each other is sealed and opened, and passes through the test's
/// hands.</summary>
internal sealed class SimulatedCluster
{
    private readonly VirtualClock _clock = new();
    private readonly Queue<(SimulatedNode From, SimulatedNode To, byte[] Datagram)> _onTheWay = new();
    private readonly List<(SimulatedNode Node, SimulatedMember Member, string Service)> _members = [];
    private bool _isPumping;

    public SimulatedCluster(int nodes)
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(i => new SimulatedNode(this, i, _clock))];
        foreach (SimulatedNode node in Nodes)
        {
            foreach (SimulatedNode peer in Nodes.Where(n => n != node))
                node.OfferTo(peer);
        }
    }

    public ImmutableArray<SimulatedNode> Nodes { get; }

    public SimulatedNode this[int node] => Nodes[node];

    /// <summary>What arrives of a datagram that is sent; what it was by default.</summary>
    public Func<SimulatedNode, SimulatedNode, byte[], IEnumerable<byte[]>> Path { get; set; } = (_, _, datagram) => [datagram];

    /// <summary>Every datagram between nodes, as sent.</summary>
    public List<(SimulatedNode From, SimulatedNode To, byte[] Datagram)> Sent { get; } = [];

    public SimulatedMember Join(int node, string service = "video", MediaPreferences? wants = null, params (uint Ssrc, int Kilobits)[] layers)
    {
        SimulatedMember member = Nodes[node].Room.Join(service, wants, layers);
        _members.Add((Nodes[node], member, service));
        Apply();
        return member;
    }

    public void Leave(SimulatedMember member)
    {
        SimulatedNode node = _members.Single(m => m.Member == member).Node;
        _members.RemoveAll(m => m.Member == member);
        node.Room.Leave(member);
        Apply();
    }

    /// <summary>Tells every node who is on the others, and what all want.</summary>
    public void Apply()
    {
        foreach (SimulatedNode node in Nodes)
        {
            node.Room.Remote =
            [
                .. _members.Where(m => m.Node != node).Select(m => new RemoteRoute(
                    m.Node.Id, m.Member.Port.Id, 0, new ServiceName(m.Service), m.Member.Participant) { Layers = m.Member.Layers, Muted = m.Member.Muted }),
            ];
            node.Room.Apply();
        }
    }

    internal void Transmit(SimulatedNode from, SocketAddress to, ReadOnlySpan<byte> datagram)
    {
        foreach (SimulatedNode node in Nodes)
        {
            if (!node.Endpoint.Serialize().Equals(to))
                continue;
            Sent.Add((from, node, datagram.ToArray()));
            foreach (byte[] arriving in Path(from, node, datagram.ToArray()))
                _onTheWay.Enqueue((from, node, arriving));
        }
    }

    /// <summary>Lets everything arrive that is on its way, and what is answered to it.</summary>
    internal void Pump()
    {
        if (_isPumping)
            return;
        _isPumping = true;
        while (_onTheWay.TryDequeue(out var next))
            next.To.Room.Receive(next.Datagram);
        _isPumping = false;
    }
}

internal sealed class SimulatedNode
{
    public SimulatedNode(SimulatedCluster cluster, int number, VirtualClock clock)
    {
        Id = new PeerId(new Guid(number + 1, 0, 0, new byte[8]));
        Endpoint = new IPEndPoint(new IPAddress([10, 0, 0, (byte)(number + 1)]), 4330);
        Table = new TrunkTable([Endpoint]);
        End = new WireEnd(cluster, this);
        Room = new SelectionRoom(clock, Table, End) { FirstParticipant = (100 * number) + 1, AfterForward = cluster.Pump };
    }

    public PeerId Id { get; }

    public IPEndPoint Endpoint { get; }

    public TrunkTable Table { get; }

    public TrunkEnd End { get; }

    public SelectionRoom Room { get; }

    /// <summary>The peer may send here by a new key from now on, and does.</summary>
    public void OfferTo(SimulatedNode peer) => Assert.True(peer.Table.Open(Id, Table.Offer(peer.Id)));

    public long Drops(TrunkDropReason reason) => End.Counters.Drops[(int)reason];

    private sealed class WireEnd(SimulatedCluster cluster, SimulatedNode node) : TrunkEnd(node.Table, 0)
    {
        protected override void Transmit(TrunkAddress to, ReadOnlySpan<Datagram> run, LoopCounters counters, ref SendTally tally)
        {
            foreach (ref readonly Datagram datagram in run)
            {
                cluster.Transmit(node, to.Name, datagram.In(Buffer));
                tally.Datagrams++;
                tally.Bytes += datagram.Length;
            }
        }
    }
}
