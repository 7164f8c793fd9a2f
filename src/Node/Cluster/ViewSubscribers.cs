using Conference.Actors.Cluster;

namespace Conference.Node.Cluster;

/// <summary>Who is told of every newer view, one at a time and in order.</summary>
internal sealed class ViewSubscribers(ClusterView first, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _all = [];
    private ClusterView _newest = first;

    internal IDisposable Add(Action<ClusterView> changed)
    {
        var subscription = new Subscription(this, changed);
        // Under the lock, so that no newer view comes before this one.
        lock (_gate)
        {
            _all.Add(subscription);
            Call(subscription, _newest);
        }

        return subscription;
    }

    internal void Publish(ClusterView view)
    {
        lock (_gate)
        {
            _newest = view;
            foreach (var subscription in _all.ToArray())
                Call(subscription, view);
        }
    }

    private void Call(Subscription subscription, ClusterView view)
    {
        try
        {
            subscription.Changed(view);
        }
        catch (Exception e)
        {
            // Who cannot bear a view must not keep the others, nor the lease, from theirs.
            ClusterLog.SubscriberFailed(log, e);
        }
    }

    private sealed class Subscription(ViewSubscribers owner, Action<ClusterView> changed) : IDisposable
    {
        internal Action<ClusterView> Changed => changed;

        public void Dispose()
        {
            lock (owner._gate)
                owner._all.Remove(this);
        }
    }
}
