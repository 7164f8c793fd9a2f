using System.Net;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// What goes wrong in one history. Each seed draws some kinds of faults, how often they come, and how badly messages travel meanwhile, so that
/// some histories are about one thing and some about everything.
/// </summary>
internal sealed class Faults
{
    private readonly SimulatedCluster _cluster;
    private readonly World _world;
    private readonly List<Action> _kinds = [];
    private readonly List<Action> _heal = [];
    private readonly TimeSpan _end;
    private readonly double _pace;
    private int _addresses;

    public Faults(SimulatedCluster cluster)
    {
        (_cluster, _world, _end) = (cluster, cluster.World, cluster.Options.Chaos);
        _pace = _world.Random.NextDouble() * 6;
        Action[] all =
        [
            Kill, Kill, LoseHost, Freeze, Freeze, FreezeAll, Leave, LeaveTwo, Drain, Join, JoinMany, StopDatabase, StopDatabaseLong,
            StallDatabase, CutOff, CutOff, Reset, Partition, Partition, Storm, DeleteRow,
        ];
        var count = 1 + _world.Random.Next(5);
        for (var i = 0; i < count; i++)
            _kinds.Add(_world.Pick(all));
    }

    /// <summary>Starts the nodes, and makes trouble until the chaos ends.</summary>
    public void Begin()
    {
        _addresses = 1 + _world.Random.Next(5);
        for (var address = 1; address <= _addresses; address++)
        {
            var isLying = _world.Chance(0.03);
            var at = address;
            _world.After(_world.Between(0, 2), () => _cluster.Start(at, isLying));
        }

        if (_world.Chance(0.5))
        {
            _cluster.Weather.FailsBefore = _world.Chance(0.5) ? _world.Random.NextDouble() * 0.05 : 0;
            _cluster.Weather.FailsAfter = _world.Chance(0.5) ? _world.Random.NextDouble() * 0.05 : 0;
            _cluster.Weather.LosesNotifications = _world.Random.NextDouble() * 0.5;
            _cluster.Weather.Repeats = _world.Chance(0.3) ? 0.05 : 0;
            _cluster.Weather.EntitiesHang = _world.Chance(0.3) ? 0.1 : 0;
            if (_world.Chance(0.3))
                _cluster.Weather.Slow();
        }

        _world.After(_world.Between(1, 8), Next);
        _world.At(_end, Heal);
        _world.After(TimeSpan.FromSeconds(1), Write);
    }

    private void Next()
    {
        if (_world.Now >= _end)
            return;
        _world.Pick(_kinds)();
        _world.After(_world.Between(0.05, 1 + _pace), Next);
    }

    private void Write()
    {
        foreach (var node in _cluster.Running)
        {
            if (!node.IsFrozen)
                node.Journal();
        }

        _world.After(_world.Between(0.05, 0.5), Write);
    }

    private SimulatedNode? Any() => _cluster.Running.ToArray() is { Length: > 0 } all ? _world.Pick(all) : null;

    private void Kill() => End(closes: true);

    private void LoseHost() => End(closes: false);

    private void End(bool closes)
    {
        if (Any() is not { } node)
            return;
        node.End(closes);
        if (_world.Chance(0.8))
            Restart(node, _world.Between(0.1, 10));
    }

    private void Restart(SimulatedNode node, TimeSpan after)
    {
        var address = SimulatedCluster.AddressOf(node);
        _world.After(after, () =>
        {
            if (!_cluster.Running.Any(r => r.Address.Equals(node.Address)))
                _cluster.Start(address, node.NamesWrongAddress);
        });
    }

    private void Freeze()
    {
        if (Any() is { } node)
            Freeze(node, _world.Between(0.05, 15));
    }

    /// <summary>As when a whole machine is suspended.</summary>
    private void FreezeAll()
    {
        var time = _world.Between(0.5, 15);
        foreach (var node in _cluster.Running.ToArray())
            Freeze(node, time);
    }

    private void Freeze(SimulatedNode node, TimeSpan time)
    {
        if (node.IsFrozen)
            return;
        node.Freeze();
        _world.After(time, node.Thaw);
    }

    private void Leave()
    {
        if (Any() is not { IsLeaving: false } node)
            return;
        node.Leave();
        if (_world.Chance(0.7))
            Restart(node, _world.Between(1, 12));
        if (_world.Chance(0.3))
            _world.After(_world.Between(0.01, 1), () => node.End(closes: true));
    }

    private void LeaveTwo()
    {
        Leave();
        Leave();
    }

    private void Drain()
    {
        if (Any() is not { IsLeaving: false, IsDraining: false } node)
            return;
        node.Drain();
        Undo(_world.Between(0.1, 15), node.CallOffDrain);
    }

    private void Join()
    {
        if (_addresses < 9)
            _cluster.Start(++_addresses, _world.Chance(0.05));
    }

    private void JoinMany()
    {
        for (var i = 0; i < 4; i++)
            Join();
    }

    private void StopDatabase() => StopDatabase(_world.Between(0.05, 3));

    private void StopDatabaseLong() => StopDatabase(_world.Between(3, 30));

    private void StopDatabase(TimeSpan time)
    {
        if (!_cluster.Database.IsUp)
            return;
        _world.Trace("db", "is away");
        _cluster.Database.Stop();
        Undo(time, () =>
        {
            _world.Trace("db", "is back");
            _cluster.Database.Start();
        });
    }

    private void StallDatabase()
    {
        var time = _world.Between(0.2, 8);
        _world.Trace("db", $"stands still for {time.TotalSeconds:F1} s");
        _cluster.Database.StandStill(time);
    }

    /// <summary>A cable is pulled between one node and the database.</summary>
    private void CutOff()
    {
        if (Any() is not { IsCutOff: false } node)
            return;
        _world.Trace(node.Name, "is cut off from the database");
        node.IsCutOff = true;
        var learns = _world.Between(2, 8);
        _world.After(learns, () =>
        {
            if (node.IsCutOff)
                _cluster.Database.EndSessionOf(node, TimeSpan.FromSeconds(0.1));
        });
        Undo(_world.Between(0.1, 15), () => node.IsCutOff = false);
    }

    /// <summary>Somebody ends a node's sessions.</summary>
    private void Reset()
    {
        if (Any() is { } node)
            _cluster.Database.EndSessionOf(node, _world.Between(0.001, 0.5));
    }

    private void Partition()
    {
        var nodes = _cluster.Running.Select(n => n.Address).Distinct().ToArray();
        if (nodes.Length < 2)
            return;
        HashSet<IPEndPoint> inside = [.. nodes.Where(_ => _world.Chance(0.4))];
        _world.Trace("links", $"are cut around {string.Join(' ', inside)}");
        _cluster.Links.Cut(inside);
        Undo(_world.Between(0.5, 40), () =>
        {
            _world.Trace("links", "are whole");
            _cluster.Links.Heal(inside);
        });
    }

    private void Storm()
    {
        _cluster.Weather.Storm();
        Undo(_world.Between(0.5, 6), _cluster.Weather.EndStorm);
    }

    private void DeleteRow()
    {
        if (_world.Chance(0.3) && Any() is { } node)
        {
            _world.Trace("db", $"the row of {node.Name} is deleted by hand");
            _cluster.Database.Tables.Delete(node.Self);
            _cluster.Database.Notify();
        }
    }

    /// <summary>After some time, or when the chaos ends.</summary>
    private void Undo(TimeSpan after, Action undo)
    {
        var isDone = false;
        _heal.Add(Once);
        _world.After(after, Once);

        void Once()
        {
            if (!isDone)
                undo();
            isDone = true;
        }
    }

    private void Heal()
    {
        _world.Trace("world", "all is well from here");
        _cluster.Weather.Clear();
        foreach (var heal in _heal.ToArray())
            heal();
        foreach (var node in _cluster.Running.ToArray())
            node.Thaw();
        if (_cluster.Running.All(n => n.IsLeaving))
            _cluster.Start(++_addresses);
    }
}
