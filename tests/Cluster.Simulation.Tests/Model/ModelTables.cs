using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>
/// The tables, and each statement as <see cref="MembershipStatement"/> describes it, done at once and committed. Every change passes the
/// invariants.
/// </summary>
internal sealed class ModelTables(SimulationOptions options, Invariants invariants)
{
    private readonly Dictionary<NodeId, NodeRow> _nodes = [];
    private readonly ShardRow[] _shards = [.. Enumerable.Range(0, options.Shards).Select(s => new ShardRow(new ShardId(s), null, 0, null))];
    private int _lastNumber;

    public long Version { get; private set; }

    /// <summary>Which ids have a session that holds their lock.</summary>
    public HashSet<NodeId> Locks { get; } = [];

    public ShardRow this[ShardId shard] => _shards[shard.Value];

    public NodeRow? Find(NodeId id) => _nodes.GetValueOrDefault(id);

    public MembershipTables Snapshot() => new(
        Version,
        [.. _nodes.Values.Where(n => n.State != NodeRowState.Down || _shards.Any(s => s.Owner == n.Id))],
        ImmutableArray.Create(_shards));

    /// <summary>Everything but sessions and reconciling.</summary>
    /// <param name="statement">Which.</param>
    /// <param name="hasChanged">The version was raised: all are to be notified.</param>
    public StatementResult Do(MembershipStatement statement, out bool hasChanged)
    {
        var before = Version;
        var result = statement switch
        {
            MembershipStatement.Register register => Register(register),
            MembershipStatement.Beat beat => Beat(beat),
            MembershipStatement.Load => new StatementResult.Loaded(Snapshot()),
            MembershipStatement.Observe observe => Observe(observe),
            MembershipStatement.CompleteHandoff handoff => CompleteHandoff(handoff),
            MembershipStatement.SetState state => SetState(state),
            MembershipStatement.Release release => Release(release),
            _ => throw new ArgumentOutOfRangeException(nameof(statement), statement, null),
        };
        hasChanged = Version != before;
        return result;
    }

    /// <summary>The writing half of a reconcile.</summary>
    /// <param name="plan">What was decided.</param>
    /// <param name="by">Who decided it, on what.</param>
    /// <returns>Whom it marked down: their sessions are to be ended. Null when nothing was changed.</returns>
    public IReadOnlyList<NodeId>? Apply(ReconcilePlan plan, Reconciling by)
    {
        var marked = new List<NodeId>();
        var isChanged = false;
        foreach (var dead in plan.Dead)
        {
            if (!_nodes.TryGetValue(dead.Id, out var row) || row.State == NodeRowState.Down)
                continue;
            if (options.ComparesBeats && row.Beat != dead.Beat)
                continue;
            invariants.MarksDown(dead, row, by);
            _nodes[dead.Id] = row with { State = NodeRowState.Down };
            marked.Add(dead.Id);
        }

        foreach (var id in plan.Evicted)
        {
            if (!_nodes.TryGetValue(id, out var row) || !row.IsMember)
                continue;
            invariants.Evicts(id, by);
            _nodes[id] = row with { State = NodeRowState.Evicted };
            isChanged = true;
        }

        foreach (var takeover in plan.Takeovers)
        {
            var shard = this[takeover.Shard];
            var owner = shard.Owner is { } id ? Find(id) : null;
            var isFree = shard.Owner is null || owner is null || owner.State == NodeRowState.Down;
            if (shard.Epoch != takeover.Epoch || !(isFree || (takeover.IsOverdue && shard.IsDraining)))
                continue;
            Own(shard, takeover.To);
            isChanged = true;
        }

        foreach (var drain in plan.Drains)
        {
            var shard = this[drain.Shard];
            if (shard.Epoch != drain.Epoch || shard.Owner is null)
                continue;
            Write(shard with { Target = drain.To });
            isChanged = true;
        }

        if (!isChanged && marked.Count == 0)
            return null;
        Version++;
        return marked;
    }

    /// <summary>Somebody with a database console removed a row.</summary>
    public void Delete(NodeId id)
    {
        if (_nodes.Remove(id))
            Version++;
    }

    private StatementResult Register(MembershipStatement.Register register)
    {
        if (_nodes.TryGetValue(register.Self, out var known))
            return known.IsMember ? new StatementResult.Registered(known.Number) : StatementResult.Fenced.Instance;
        foreach (var row in _nodes.Values)
        {
            if (row.State != NodeRowState.Down && row.Card.Link.Equals(register.Card.Link) && Locks.Contains(row.Id))
                return new StatementResult.AddressInUse(row.Id);
        }

        var state = _nodes.Values.Any(n => n.State == NodeRowState.Up) ? NodeRowState.Joining : NodeRowState.Up;
        _nodes.Add(register.Self, new NodeRow(register.Self, ++_lastNumber, register.Card, state, 0, []));
        invariants.Beats(register.Self);
        Version++;
        return new StatementResult.Registered(_lastNumber);
    }

    private StatementResult Beat(MembershipStatement.Beat beat)
    {
        if (!_nodes.TryGetValue(beat.Self, out var row) || !row.IsMember)
            return StatementResult.Fenced.Instance;
        _nodes[beat.Self] = row with { Beat = row.Beat + 1, Accused = beat.Accused };
        invariants.Beats(beat.Self);
        return new StatementResult.Beaten(Version);
    }

    private StatementResult.Observed Observe(MembershipStatement.Observe observe) => new(
    [
        .. _nodes.Values
            .Where(n => n.State != NodeRowState.Down && (observe.Nodes.IsDefault || observe.Nodes.Contains(n.Id)))
            .Select(n => new NodeObservation(n.Id, n.Beat, n.Accused, observe.Suspects.Contains(n.Id) ? Locks.Contains(n.Id) : null)),
    ]);

    private StatementResult.Done CompleteHandoff(MembershipStatement.CompleteHandoff handoff)
    {
        var isChanged = false;
        foreach (var (id, epoch) in handoff.Shards)
        {
            var shard = this[id];
            if (shard.Owner != handoff.Self || shard.Epoch != epoch || shard.Target is not { } target)
                continue;
            invariants.HandsOver(shard);
            Own(shard, target);
            isChanged = true;
        }

        if (isChanged)
            Version++;
        return StatementResult.Done.Instance;
    }

    private StatementResult.Done SetState(MembershipStatement.SetState set)
    {
        if (_nodes.TryGetValue(set.Self, out var row) && row.IsMember && row.State != set.State)
        {
            _nodes[set.Self] = row with { State = set.State };
            Version++;
        }

        return StatementResult.Done.Instance;
    }

    private StatementResult.Done Release(MembershipStatement.Release release)
    {
        var isChanged = false;
        if (_nodes.TryGetValue(release.Self, out var row) && row.State != NodeRowState.Down)
        {
            _nodes[release.Self] = row with { State = NodeRowState.Down };
            isChanged = true;
        }

        foreach (var shard in _shards.Where(s => s.Owner == release.Self).ToArray())
        {
            invariants.HandsOver(shard);
            Own(shard, null);
            isChanged = true;
        }

        if (isChanged)
            Version++;
        return StatementResult.Done.Instance;
    }

    private void Own(ShardRow shard, NodeId? owner) => Write(new ShardRow(shard.Id, owner, shard.Epoch + 1, null));

    private void Write(ShardRow shard)
    {
        invariants.Writes(this[shard.Id], shard);
        _shards[shard.Id.Value] = shard;
    }
}
