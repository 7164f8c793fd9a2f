using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// One process: the machine, and around it what a node does with its outputs. It may stand still at any point and go on there, and end at
/// any point.
/// </summary>
internal sealed class SimulatedNode
{
    private readonly SimulatedCluster _cluster;
    private readonly World _world;
    private readonly MembershipMachine _machine;
    private readonly LeaseGate _gate = new();
    private readonly Queue<Action> _waiting = new();
    private readonly HashSet<ShardEpoch> _stopped = [];
    private readonly double _rate;
    private readonly TimeSpan _clockAtStart;
    private readonly TimeSpan _startedAt;
    private TimeSpan _tickAt = TimeSpan.MaxValue;

    public SimulatedNode(SimulatedCluster cluster, string name, IPEndPoint address)
    {
        (_cluster, _world, Name, Address) = (cluster, cluster.World, name, address);
        _rate = 1 + (cluster.Options.Drift * ((2 * _world.Random.NextDouble()) - 1));
        _clockAtStart = TimeSpan.FromSeconds(_world.Random.Next(100_000));
        _startedAt = _world.Now;
        _machine = new MembershipMachine(new NodeCard(name, address, name), cluster.Options.Rules, NewId);
    }

    public string Name { get; }

    public IPEndPoint Address { get; }

    public NodeId Self => _machine.Self;

    public bool IsRunning { get; private set; } = true;

    public bool IsFrozen { get; private set; }

    /// <summary>It was asked to go.</summary>
    public bool IsLeaving { get; private set; }

    public bool IsDraining { get; private set; }

    /// <summary>Nothing passes between it and the database, without a word to either.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>What is at the address it names refuses, whoever lives.</summary>
    public bool NamesWrongAddress { get; init; }

    public TimeSpan LastErrorAt { get; set; } = TimeSpan.MinValue;

    public ClusterView? View => _gate.View;

    public bool HoldsLease => _gate.HoldsLease(Clock);

    /// <summary>By its own clock, which has nothing to do with anybody else's.</summary>
    private TimeSpan Clock => _clockAtStart + ((_world.Now - _startedAt) * _rate);

    /// <summary>Its entities of a shard would act, if it were asked now.</summary>
    public bool MayAct(ShardId shard) =>
        View is { } view && view[shard].Epoch is var epoch && !_stopped.Contains(new ShardEpoch(shard, epoch)) && _gate.MayAct(shard, epoch, Clock);

    public void Start() => Post(() => Step(MembershipInput.Tick.Instance));

    /// <summary>Does something in the process as soon as it runs; never if it does not.</summary>
    public void Post(Action action)
    {
        if (IsFrozen)
            _waiting.Enqueue(action);
        else if (IsRunning)
            action();
    }

    public void Freeze()
    {
        _world.Trace(Name, "stands still");
        IsFrozen = true;
        _cluster.Links.Changed(this);
    }

    public void Thaw()
    {
        if (!IsFrozen)
            return;
        _world.Trace(Name, "goes on");
        IsFrozen = false;
        _cluster.Links.Changed(this);
        while (!IsFrozen && _waiting.TryDequeue(out var action))
            Post(action);
    }

    /// <summary>Ends the process.</summary>
    /// <param name="closes">Its kernel lives and closes its connections; else the host is gone too.</param>
    public void End(bool closes)
    {
        if (!IsRunning)
            return;
        _world.Trace(Name, closes ? "is killed" : "is lost with its host");
        (IsRunning, IsFrozen) = (false, false);
        _waiting.Clear();
        if (closes && !IsCutOff)
            _world.After(_world.Between(0.0005, 0.01), () => _cluster.Database.Closed(this));
        else
            _world.After(_world.Between(3, 12), () => _cluster.Database.Closed(this));
        IsHostLost = !closes;
        _cluster.Links.Ended(this);
    }

    public bool IsHostLost { get; private set; }

    public void Leave()
    {
        _world.Trace(Name, "is to leave");
        IsLeaving = true;
        Post(() => Step(MembershipInput.LeaveRequested.Instance));
    }

    public void Drain()
    {
        IsDraining = true;
        Post(() => Step(MembershipInput.DrainRequested.Instance));
    }

    public void CallOffDrain()
    {
        IsDraining = false;
        Post(() => Step(MembershipInput.DrainCalledOff.Instance));
    }

    public void Step(MembershipInput input)
    {
        if (!IsRunning)
            return;
        _world.Trace(Name, input);
        var outputs = _machine.Step(input, Clock);
        var mayActMore = false;
        foreach (var output in outputs)
        {
            _world.Trace(Name, output);
            mayActMore |= output is MembershipOutput.NewView or MembershipOutput.LeaseUntil;
            _gate.Apply(output);
            Do(output);
        }

        if (mayActMore)
            _cluster.Invariants.MayAct(this);
        PlanTick();
        if (_world.Chance(_cluster.Weather.Repeats))
            Repeat(input);
    }

    /// <summary>Late and repeated inputs do no harm; but what links and operators say comes in order, and once.</summary>
    private void Repeat(MembershipInput input)
    {
        if (input is not (MembershipInput.LinkUp or MembershipInput.LinkDown or MembershipInput.DrainRequested or MembershipInput.DrainCalledOff))
            _world.After(_world.Between(0, 3), () => Post(() => Step(input)));
    }

    /// <summary>An entity somewhere on the node journals something, if it may act.</summary>
    public void Journal()
    {
        var shard = new ShardId(_world.Random.Next(_cluster.Options.Shards));
        if (!MayAct(shard))
            return;
        var epoch = View![shard].Epoch;

        // Between the check and the write it may stand still for as long as it likes.
        _world.After(_world.Between(0, 0.05), () => Post(() =>
            _world.After(_cluster.Weather.Delay(), () => _cluster.Database.Write(this, shard, epoch))));
    }

    private void Do(MembershipOutput output)
    {
        switch (output)
        {
            case MembershipOutput.Execute execute:
                Execute(execute.Statement);
                break;
            case MembershipOutput.HandOff handOff:
                var stops = _world.Chance(_cluster.Weather.EntitiesHang) ? _world.Between(3, 25) : _world.Between(0.001, 0.03);
                _world.After(stops, () => Post(() => Stopped(new ShardEpoch(handOff.Shard, handOff.Epoch))));
                break;
            case MembershipOutput.Fenced fenced:
                _cluster.Links.LifeEnded(this, fenced.Life);
                var all = _world.Chance(_cluster.Weather.EntitiesHang) ? _world.Between(1, 10) : _world.Between(0.001, 0.05);
                _world.After(all, () => Post(() => Step(new MembershipInput.EntitiesStopped(fenced.Life))));
                break;
            case MembershipOutput.Probe probe:
                Probe(probe);
                break;
            case MembershipOutput.Report { Event: MembershipEvent.Registered }:
                _cluster.Links.Changed(this);
                break;
            case MembershipOutput.Left:
                // Its port is open and its session held until here.
                _world.After(TimeSpan.FromSeconds(0.01), () => End(closes: true));
                break;
        }
    }

    private void Execute(MembershipStatement statement)
    {
        var reconciling = statement is MembershipStatement.Reconcile reconcile
            ? new Reconciling(this, reconcile.Evidence, _world.Now, HoldsLease, LastErrorAt)
            : null;
        _cluster.Database.Send(new Answer(this, statement, Clock, _world) { Reconciling = reconciling, Era = _cluster.Database.Era });
    }

    private void Stopped(ShardEpoch shard)
    {
        _ = _stopped.Add(shard);
        Step(new MembershipInput.HandedOff(shard.Shard, shard.Epoch));
    }

    private void Probe(MembershipOutput.Probe probe)
    {
        var answer = _cluster.AnswerOf(this, probe.Link);
        var delay = answer == ProbeAnswer.Unreachable ? TimeSpan.FromSeconds(0.5) : _world.Between(0.0001, 0.002);
        _world.After(delay, () => Post(() => Step(new MembershipInput.Probed(probe.Node, answer))));
    }

    private void PlanTick()
    {
        var next = _machine.NextTick;
        if (next == TimeSpan.MaxValue)
            return;

        // A whole tick of the clock later: the division may round to just before it.
        var at = _startedAt + ((next - _clockAtStart) / _rate) + TimeSpan.FromTicks(2);
        if (at >= _tickAt && _tickAt >= _world.Now)
            return;
        _tickAt = at;
        _world.At(at, () =>
        {
            if (_tickAt != at)
                return;
            _tickAt = TimeSpan.MaxValue;
            Post(() => Step(MembershipInput.Tick.Instance));
        });
    }

    private NodeId NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _world.Random.NextBytes(bytes);
        return new NodeId(new Guid(bytes));
    }
}
