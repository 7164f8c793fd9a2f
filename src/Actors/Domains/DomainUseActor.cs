using Akka.Actor;
using Conference.Actors.Cluster;

namespace Conference.Actors.Domains;

/// <summary>Tells the other nodes, once a second, what this one holds of domains that have ceilings; <see cref="NodeActor"/> hears it there.</summary>
public sealed class DomainUseActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);

    public DomainUseActor(DomainUse use, IClusterNodes nodes)
    {
        Receive<Tell>(_ =>
        {
            var others = nodes.All.Where(n => n.Id != nodes.Self).Select(n => n.Id).ToHashSet();
            use.Forget(node => !others.Contains(node));
            foreach (var news in use.News(nodes.Self))
            {
                foreach (var node in others)
                    nodes.Node(node).Tell(news, ActorRefs.NoSender);
            }
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(DomainUse use, IClusterNodes nodes) => MadeBy.Props(() => new DomainUseActor(use, nodes));

    protected override void PreStart() => Timers.StartPeriodicTimer(Tell.Instance, Tell.Instance, _every);

    private sealed record Tell
    {
        public static Tell Instance { get; } = new();
    }
}
