using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>Processes at addresses, one database, and the links between them.</summary>
internal sealed class SimulatedCluster
{
    private readonly List<SimulatedNode> _processes = [];

    public SimulatedCluster(int seed, SimulationOptions options, bool isTold = false)
    {
        (World, Options) = (new World(seed, isTold), options);
        Weather = new Weather(World, options.Latency);
        Invariants = new Invariants(World, options);
        Database = new ModelDatabase(World, options, Weather, Invariants);
        Invariants.Watch(Database);
        Links = new Links(World);
    }

    public World World { get; }

    public SimulationOptions Options { get; }

    public Weather Weather { get; }

    public Invariants Invariants { get; }

    public ModelDatabase Database { get; }

    public Links Links { get; }

    public IEnumerable<SimulatedNode> Running => _processes.Where(p => p.IsRunning);

    /// <summary>A process that was never there, or comes back where one was.</summary>
    public SimulatedNode Start(int address, bool namesWrongAddress = false)
    {
        var process = new SimulatedNode(this, $"n{address}.{_processes.Count}", new IPEndPoint(0x0000007F + ((long)address << 24), 4330))
        {
            NamesWrongAddress = namesWrongAddress,
        };
        _processes.Add(process);
        Links.Add(process);
        Invariants.Watch(process);
        World.Trace(process.Name, "is started");
        process.Start();
        return process;
    }

    /// <summary>Starts so many, and waits until all is well.</summary>
    public void Grow(int nodes)
    {
        for (var address = 1; address <= nodes; address++)
        {
            _ = Start(address);
            World.RunUntil(World.Now + World.Between(0.1, 1));
        }

        var limit = World.Now + TimeSpan.FromSeconds(10);
        while (WhatIsWrong() is { } wrong)
        {
            if (World.Now > limit)
                World.Fail(wrong);
            World.RunUntil(World.Now + TimeSpan.FromSeconds(0.1));
        }
    }

    /// <summary>Kills a node, and freezes whoever is about to do something about it, in the midst of its transaction.</summary>
    public SimulatedNode FreezeReconciler()
    {
        Any().End(closes: true);
        var limit = World.Now + TimeSpan.FromSeconds(4);
        while (Database.Reconciler is null)
        {
            if (World.Now > limit)
                World.Fail("nobody reconciles");
            World.RunUntil(World.Now + TimeSpan.FromMilliseconds(0.1));
        }

        var reconciler = Database.Reconciler;
        reconciler.Freeze();
        return reconciler;
    }

    public SimulatedNode Any() => World.Pick(Running.ToArray());

    public static int AddressOf(SimulatedNode process) => process.Address.Address.GetAddressBytes()[3];

    public ProbeAnswer AnswerOf(SimulatedNode asker, IPEndPoint link)
    {
        var last = _processes.FindLast(p => p.Address.Equals(link));
        if (last is null || last.IsHostLost || Links.AreCut(asker.Address, link))
            return ProbeAnswer.Unreachable;
        return last.IsRunning && !last.NamesWrongAddress ? ProbeAnswer.Listening : ProbeAnswer.Refused;
    }

    /// <summary>Why the cluster is not as it should be after a quiet time; null when it is.</summary>
    public string? WhatIsWrong()
    {
        var tables = Database.Tables.Snapshot();
        var running = Running.Where(p => !p.IsLeaving).ToArray();
        foreach (var process in running)
        {
            var wanted = process.IsDraining ? NodeRowState.Leaving : NodeRowState.Up;
            if (Database.Tables.Find(process.Self)?.State is var state && state != wanted)
                return $"{process.Name} is {state}";
            if (!process.HoldsLease)
                return $"{process.Name} has no lease";
            if (process.View?.Version != tables.Version)
                return $"{process.Name} has an old view";
        }

        if (tables.Nodes.FirstOrDefault(n => running.All(p => p.Self != n.Id)) is { } stranger)
            return $"{stranger.Card.Name} is gone, but {stranger.State}";
        var homes = new Rendezvous(tables.Nodes.Where(n => n.State == NodeRowState.Up).Select(n => n.Id));
        if (homes.IsEmpty)
            return null;
        foreach (var shard in tables.Shards)
        {
            if (shard.Owner != homes.HomeOf(shard.Id) || shard.IsDraining)
                return $"shard {shard.Id} is at the wrong node, or on its way";
            if (!running.Any(p => p.Self == shard.Owner && p.MayAct(shard.Id)))
                return $"nobody serves shard {shard.Id}";
        }

        return null;
    }

    /// <summary>One that acts for the shard now; null when none does.</summary>
    public SimulatedNode? Server(ShardId shard)
    {
        foreach (var process in _processes)
        {
            if (process.IsRunning && !process.IsFrozen && process.MayAct(shard))
                return process;
        }

        return null;
    }
}
