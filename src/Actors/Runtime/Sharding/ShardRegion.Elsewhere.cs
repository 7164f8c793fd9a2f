using Conference.Actors.Cluster;
using Conference.Actors.Runtime.Execution;

namespace Conference.Actors.Runtime.Sharding;

/// <summary>
/// Shards of other nodes. A question of this node's is sent again until it is answered or given up: the owner may have changed, the link
/// may have lost it. So every entity must bear to be asked twice. What is told is sent once.
/// </summary>
internal sealed partial class ShardRegion
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an answer may take before the question is sent again; twice as long with every time that it was. Who does not answer
    /// may be busy, and must not be buried under repetitions.</summary>
    private static readonly TimeSpan _askAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long what was told may wait for an owner: then nobody wants to hear it any more.</summary>
    private static readonly TimeSpan _tellUntil = TimeSpan.FromSeconds(5);

    private readonly OpenAsks _asks = new();

    private void Send(ShardId shard, ShardPlace place, string entityId, object message, IActorRef? sender, int silences = 0)
    {
        var owner = place.Owner!.Value;
        var region = (IRemoteActorRef)_node.RegionOf(owner);
        var isSent = region.TryTell(new Routed(shard, place.Epoch, entityId, message), sender);
        if (sender is IPromiseRef asker)
        {
            if (asker.IsTerminated)
                return;
            var now = Context.System.TimeProvider.GetTimestamp();
            _asks.Add(asker, new OpenAsk(shard, entityId, message, owner, place.Epoch, now, silences));
            StartTicking();
        }
        else if (!isSent)
            Cell.System.DeadLetter(message, sender, region, DeadLetterReason.Unreachable);
    }

    /// <summary>From another node's region. Who asked is told to look again; what was told is passed on to where it belongs.</summary>
    private void Arrive(Routed routed)
    {
        var (shard, epoch, entityId, message) = routed;
        var sender = Cell.SenderOrNone;
        var view = _cluster.View;
        if (epoch > view[shard].Epoch)
        {
            _cluster.Refresh();
            Wait(shard, entityId, message, sender, arrived: true);
        }
        else if (sender is IRemoteActorRef { IsPromise: true } asker && (epoch < view[shard].Epoch || Locate(shard, view) != Home.Here))
            Refer(shard, asker);
        else
            Route(shard, entityId, message, sender, arrived: true);
    }

    /// <summary>Tells who asked that this is not the place.</summary>
    private void Refer(ShardId shard, IRemoteActorRef asker) =>
        _node.RegionOf(asker.Node).Tell(new WrongOwner(shard, _cluster.View[shard].Epoch), asker);

    private void AskElsewhere(WrongOwner wrong)
    {
        _node.Counters.Nacked();
        if (_asks.Find(Sender) is not { } ask)
            return;
        if (wrong.Epoch > _cluster.View[wrong.Shard].Epoch)
            _cluster.Refresh();
        var place = _cluster.View[ask.Shard];
        var asker = (IPromiseRef)Sender;
        if (place.Owner != ask.Node || place.Epoch != ask.Epoch)
            AskAgain(asker, ask);
        else if (!_cluster.HoldsLease)
        {
            // Neither of us has an arbiter: it will not be better in a second.
            _asks.Remove(asker);
            Refuse(asker);
        }
    }

    /// <summary>From a shard of ours whose tenure is over, or whose entity was told so by the store.</summary>
    private void TakeBack(Shard.Returned returned)
    {
        var (shard, epoch, entityId, message) = returned;
        var sender = Cell.SenderOrNone;
        if (sender is IRemoteActorRef { IsPromise: true } asker)
            Refer(shard, asker);
        else if (_cluster.View[shard].Epoch > epoch)
            Route(shard, entityId, message, sender, arrived: false);
        else
            Wait(shard, entityId, message, sender, arrived: false);
    }

    private void AskAgain(Predicate<OpenAsk> which)
    {
        foreach (var (asker, ask) in _asks.TakeWhere(which))
            AskAgain(asker, ask);
    }

    private void AskAgain(IPromiseRef asker, OpenAsk ask)
    {
        _asks.Remove(asker);
        _node.Counters.Retried();
        Route(ask.Shard, ask.EntityId, ask.Message, asker, arrived: false);
    }

    /// <summary>Nothing is known to have changed. Should something have, the question goes the way it would go now.</summary>
    private void BreakSilence(IPromiseRef asker, OpenAsk ask)
    {
        var view = _cluster.View;
        if (Locate(ask.Shard, view) != Home.Elsewhere || _waiting.Has(ask.Shard))
        {
            AskAgain(asker, ask);
            return;
        }
        _node.Counters.Retried();
        Send(ask.Shard, view[ask.Shard], ask.EntityId, ask.Message, asker, ask.Silences + 1);
    }

    private void StartTicking()
    {
        if (!Timers.IsTimerActive(Tick.Instance))
            Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, _tick);
    }

    private void OnTick()
    {
        var time = Context.System.TimeProvider;
        var over = _waiting.TakeWhere(m => m.Sender is IPromiseRef promise
            ? promise.IsTerminated
            : time.GetElapsedTime(m.Since) >= (IsAskOfAnother(m) ? _askAgainAfter : _tellUntil));
        foreach (var message in over.Where(m => m.Sender is not IPromiseRef && !IsAskOfAnother(m)))
            Cell.System.DeadLetter(message.Message, message.Sender, Self, DeadLetterReason.NoOwner);
        DeliverWaiting();
        foreach (var (asker, ask) in _asks.TakeWhere(ask => time.GetElapsedTime(ask.SentAt) >= _askAgainAfter * (1 << Math.Min(ask.Silences, 6))))
            BreakSilence(asker, ask);
        if (_waiting.IsEmpty && _asks.IsEmpty)
            Timers.Cancel(Tick.Instance);
    }

    private void DeliverWaiting()
    {
        foreach (var shard in _waiting.Shards)
        {
            if (Locate(shard, _cluster.View) == Home.Unknown)
                continue;
            foreach (var (entityId, message, sender, arrived, _) in _waiting.Take(shard))
            {
                if (arrived && sender is IRemoteActorRef { IsPromise: true } asker && Locate(shard, _cluster.View) != Home.Here)
                    Refer(shard, asker);
                else
                    Route(shard, entityId, message, sender, arrived);
            }
        }
    }

    private static bool IsAskOfAnother(WaitingMessage message) => message is { Arrived: true, Sender: IRemoteActorRef { IsPromise: true } };
}
