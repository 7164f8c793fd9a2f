using Conference.Actors.Cluster;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>Shards of this node that go: handed over, lost to a newer epoch, or with a life of this node.</summary>
internal sealed partial class ShardRegion
{
    private readonly HashSet<NodeId> _pastLives = [];
    private readonly Dictionary<IActorRef, ShardTenure> _closing = [];
    private readonly List<(ShardId Shard, IActorRef Asker)> _handOffs = [];
    private NodeId _self;

    private void FollowView()
    {
        if (_self != _cluster.Self)
        {
            _pastLives.Add(_self);
            _self = _cluster.Self;
        }
        foreach (var shard in _local)
            if (shard is { Tenure.IsOver: true })
                Close(shard);
        DeliverWaiting();
        var view = _cluster.View;
        AskAgain(ask => view[ask.Shard].Owner != ask.Node || view[ask.Shard].Epoch != ask.Epoch);
    }

    /// <summary>Nothing more from now on. What was delivered before is done before the answer.</summary>
    private void GiveUp(HandOff handOff)
    {
        var (shard, epoch) = handOff;
        _givenUp[shard.Value] = Math.Max(_givenUp[shard.Value], epoch);
        if (_local[shard.Value] is { } local && local.Tenure.Epoch <= epoch)
            StartClosing(local);
        _handOffs.Add((shard, Sender));
        AnswerHandOffs(shard);
    }

    /// <summary>By the view of that life: by now the node may be back, and have shards again.</summary>
    private void EndAll(LifeOver over)
    {
        for (var shard = 0; shard < _local.Length; shard++)
        {
            if (over.View.Shards[shard].Owner == over.Node)
                _givenUp[shard] = Math.Max(_givenUp[shard], over.View.Shards[shard].Epoch);
            if (_local[shard] is { Tenure.IsOver: true } local)
                Close(local);
        }
    }

    /// <summary>At once: its entities do nothing more than to give back what they have not come to.</summary>
    private void Close(LocalShard shard)
    {
        shard.Tenure.End();
        StartClosing(shard);
    }

    private void StartClosing(LocalShard shard)
    {
        _local[shard.Tenure.Shard.Value] = null;
        _closing[shard.Actor] = shard.Tenure;
        shard.Actor.Tell(Shard.Close.Instance);
    }

    private void OnTerminated(IActorRef actor)
    {
        if (_closing.Remove(actor, out var tenure))
        {
            tenure.End();
            AnswerHandOffs(tenure.Shard);
            return;
        }
        // A shard fails only by a fault of its own; the next message starts it again.
        var failed = Array.FindIndex(_local, s => s is not null && s.Actor.Equals(actor));
        if (failed >= 0)
            _local[failed] = null;
    }

    private void AnswerHandOffs(ShardId shard)
    {
        if (_closing.Values.Any(t => t.Shard == shard))
            return;
        foreach (var (_, asker) in _handOffs.Where(h => h.Shard == shard))
            asker.Tell(HandedOff.Instance);
        _handOffs.RemoveAll(h => h.Shard == shard);
    }

    /// <summary>Give a shard up, up to this epoch. -> <see cref="HandedOff"/>, once nothing of it runs.</summary>
    internal sealed record HandOff(ShardId Shard, long Epoch);

    internal sealed record HandedOff
    {
        public static HandedOff Instance { get; } = new();
    }

    /// <summary>This life of the node is over, and with it all the shards it owned.</summary>
    internal sealed record LifeOver(NodeId Node, ClusterView View);
}
