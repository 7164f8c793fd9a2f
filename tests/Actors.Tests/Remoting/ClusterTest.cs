using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.Tests.Runtime;

namespace Conference.Actors.Tests.Remoting;

/// <summary>A cluster per test, and short ways to make nodes and actors on them.</summary>
public abstract class ClusterTest : IAsyncDisposable
{
    private readonly Dictionary<TestNode, RemoteActors> _remotes = [];

    private protected TestCluster Cluster { get; } = new();

    private protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Cluster.DisposeAsync();
    }

    /// <summary>A node whose actors can speak to those of others. What it registers first, others may reach.</summary>
    private protected TestNode Join(string name, Action<TestNode, RemoteActors>? prepare = null, IMessageSerializer? serializer = null)
    {
        var node = Cluster.Join(name);
        var remote = _remotes[node] = new RemoteActors(node.Sys, node, node, serializer ?? TestMessages.Instance);
        prepare?.Invoke(node, remote);
        remote.Open();
        Cluster.AwaitIdle();
        return node;
    }

    private protected RemoteActors RemoteOf(TestNode node) => _remotes[node];

    private protected static Props On(Action<FunActor, object> receive) => Props.Create(() => new FunActor { OnMessage = receive });

    /// <summary>A node with an actor under a name everybody knows.</summary>
    private protected TestNode JoinWith(string name, Action<FunActor, object> receive, IMessageSerializer? serializer = null) =>
        Join(name, (node, remote) => remote.Register(WellKnownActor.Trunks, node.Sys.ActorOf(On(receive), "known")), serializer);

    /// <summary>That actor, as another node speaks to it.</summary>
    private protected IActorRef Known(TestNode of, TestNode from) => RemoteOf(from).RefOf(of.Id, WellKnownActor.Trunks);

    /// <summary>A reference to an actor of one node, as it comes to another.</summary>
    private protected IActorRef Sent(IActorRef actor, TestNode from, TestNode to)
    {
        var probe = to.CreateTestProbe();
        var inbox = to.Sys.ActorOf(On((_, message) => probe.Ref.Tell(((WithRef)message).Actor, null)));
        // By way of an answer: a question carries its sender's reference over, and the answer comes to it.
        var carrier = from.Sys.ActorOf(On((self, message) => ((WithRef)message).Actor.Tell(new WithRef("here", actor))));
        Carry(carrier, from, inbox, to);
        return probe.ExpectMsg<IActorRef>();
    }

    private void Carry(IActorRef carrier, TestNode from, IActorRef inbox, TestNode to)
    {
        var remote = RemoteOf(to);
        var door = from.Sys.ActorOf(On((_, message) => carrier.Tell(message)));
        RemoteOf(from).Register((WellKnownActor)(100 + Interlocked.Increment(ref _doors)), door);
        remote.RefOf(from.Id, (WellKnownActor)(100 + _doors)).Tell(new WithRef("to", inbox), null);
        Cluster.AwaitIdle();
    }

    private int _doors;
}
