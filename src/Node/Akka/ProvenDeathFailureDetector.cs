using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Conference.Node.Akka;

/// <summary>
/// Akka's failure detector, that also takes a proof. The leader removes a member that is down only once somebody sees it as unreachable; without this,
/// <c>Cluster.Down</c> of a dead node would still wait for the heartbeats' pause. Akka makes one per member's life and throws it away with the member, so
/// what is proven here stays with that life; a heartbeat that comes late does not make it available again.
/// </summary>
public sealed class ProvenDeathFailureDetector : PhiAccrualFailureDetector
{
    /// <summary>
    /// The detectors of each actor system, found by what Akka gives a detector of its system: the event stream. They go with it.
    /// </summary>
    private static readonly ConditionalWeakTable<EventStream, ConcurrentDictionary<string, ProvenDeathFailureDetector>> _ofSystems = [];

    private readonly ConcurrentDictionary<string, ProvenDeathFailureDetector> _all;
    private volatile bool _isDead;
    private bool _isListed;

    /// <summary>Akka makes it, by its name.</summary>
    public ProvenDeathFailureDetector(Config config, EventStream events)
        : base(config, events) => _all = _ofSystems.GetOrCreateValue(events);

    public override bool IsAvailable => !_isDead && base.IsAvailable;

    public override void HeartBeat()
    {
        // Akka says whose it is after it has made it, and before the first heartbeat.
        if (!_isListed)
            _all[Address] = this;
        _isListed = true;
        if (!_isDead)
            base.HeartBeat();
    }

    /// <summary>The member that is monitored at this address now is dead.</summary>
    internal static void Declare(ActorSystem system, Address node)
    {
        if (_ofSystems.TryGetValue(system.EventStream, out var all) && all.TryRemove(node.ToString(), out var detector))
            detector._isDead = true;
    }
}
