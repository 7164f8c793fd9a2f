using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>The links between processes: up some time after both are there, down at once when one ends, and late when nothing says so.</summary>
internal sealed class Links(World world)
{
    private static readonly TimeSpan _keepAlive = TimeSpan.FromSeconds(3);
    private readonly List<SimulatedNode> _processes = [];
    private readonly List<Link> _links = [];
    private readonly List<HashSet<IPEndPoint>> _cuts = [];
    private readonly HashSet<(IPEndPoint, IPEndPoint)> _pairs = [];

    public void Add(SimulatedNode process)
    {
        foreach (var other in _processes.Where(p => p.IsRunning))
            _links.Add(new Link(process, other));
        _processes.Add(process);
    }

    /// <summary>From now on those inside and those outside do not reach each other.</summary>
    public void Cut(HashSet<IPEndPoint> inside)
    {
        _cuts.Add(inside);
        EvaluateAll();
    }

    public void Heal(HashSet<IPEndPoint> inside)
    {
        _ = _cuts.Remove(inside);
        EvaluateAll();
    }

    /// <summary>These two do not reach each other, for good; everybody else reaches both.</summary>
    public void CutBetween(IPEndPoint one, IPEndPoint other)
    {
        _ = _pairs.Add((one, other));
        EvaluateAll();
    }

    public bool AreCut(IPEndPoint one, IPEndPoint other) =>
        _cuts.Exists(c => c.Contains(one) != c.Contains(other)) || _pairs.Contains((one, other)) || _pairs.Contains((other, one));

    public void Changed(SimulatedNode process)
    {
        foreach (var link in _links.ToArray())
        {
            if (link.Joins(process))
                Evaluate(link);
        }
    }

    /// <summary>The process goes on under another id, and all its links are made anew.</summary>
    public void LifeEnded(SimulatedNode process, NodeId life)
    {
        foreach (var link in _links)
        {
            if (!link.Joins(process) || !link.IsUp)
                continue;
            link.IsUp = false;
            var peer = link.Other(process);
            Later(peer, new MembershipInput.LinkDown(life), AreCut(process.Address, peer.Address) ? _keepAlive : TimeSpan.FromSeconds(0.002));
        }

        Changed(process);
    }

    public void Ended(SimulatedNode process)
    {
        foreach (var link in _links)
        {
            if (!link.Joins(process) || !link.IsUp)
                continue;
            var peer = link.Other(process);
            var isTold = !process.IsHostLost && !AreCut(process.Address, peer.Address);
            Later(peer, new MembershipInput.LinkDown(link.LifeOf(process)), isTold ? world.Between(0.0005, 0.005) : _keepAlive);
        }

        _ = _links.RemoveAll(l => l.Joins(process));
    }

    private void EvaluateAll()
    {
        foreach (var link in _links)
            Evaluate(link);
    }

    private void Evaluate(Link link)
    {
        var isWell = IsWell(link);
        if (isWell == link.IsUp && link.Lives == (link.A.Self, link.B.Self))
            return;
        var generation = ++link.Generation;
        world.After(link.IsUp ? _keepAlive : world.Between(0.02, 0.3), () =>
        {
            if (link.Generation != generation || IsWell(link) == link.IsUp)
                return;
            link.IsUp = !link.IsUp;
            if (link.IsUp)
                link.Lives = (link.A.Self, link.B.Self);
            Tell(link.A, link.Lives.B, link.IsUp);
            Tell(link.B, link.Lives.A, link.IsUp);
        });
    }

    private static void Tell(SimulatedNode node, NodeId peer, bool isUp) =>
        node.Post(() => node.Step(isUp ? new MembershipInput.LinkUp(peer) : new MembershipInput.LinkDown(peer)));

    private void Later(SimulatedNode node, MembershipInput input, TimeSpan delay) =>
        world.After(delay, () => node.Post(() => node.Step(input)));

    private bool IsWell(Link link) =>
        link.A.IsRunning && link.B.IsRunning && !link.A.IsFrozen && !link.B.IsFrozen && !AreCut(link.A.Address, link.B.Address);

    private sealed class Link(SimulatedNode a, SimulatedNode b)
    {
        public SimulatedNode A => a;

        public SimulatedNode B => b;

        public bool IsUp { get; set; }

        public int Generation { get; set; }

        /// <summary>Which lives it was made between.</summary>
        public (NodeId A, NodeId B) Lives { get; set; }

        public bool Joins(SimulatedNode process) => process == a || process == b;

        public SimulatedNode Other(SimulatedNode process) => process == a ? b : a;

        public NodeId LifeOf(SimulatedNode process) => process == a ? Lives.A : Lives.B;
    }
}
