using Conference.Actors.Authentication;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Actors.Sessions;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors;

/// <summary>What the actors of a node are told at start.</summary>
public sealed record ConferenceOptions
{
    public required string NodeName { get; init; }

    public required SessionPolicy Policy { get; init; }

    public RoomOptions Rooms { get; init; } = new();

    public IAuthenticator Authenticator { get; init; } = NoAuthenticator.Instance;

    /// <summary>Who is in the cluster, and who owns what. Alone by default.</summary>
    public ICluster Cluster { get; init; } = new SingleNodeCluster();

    /// <summary>The links to the other nodes. None by default.</summary>
    public INodeLinks Links { get; init; } = NoLinks.Instance;

    /// <summary>Where the calls are found that a dead node left open; null where nobody asks for records.</summary>
    public ICallRecords? Calls { get; init; }

    /// <summary>What this node says of itself to the others' consoles. Nothing by default.</summary>
    public INodeFigures? Figures { get; init; }

    /// <summary>Empties this node when an operator says so. Nobody by default.</summary>
    public INodeDrain? Drain { get; init; }

    public int MaxSessions { get; init; } = 50_000;

    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>The actors of a node, put together: users and rooms behind their regions, forwarders and sessions of this node.</summary>
public sealed class ConferenceActors
{
    private ConferenceActors(IActorRef users, IActorRef rooms, IActorRef forwarders, IActorRef sessions, RemoteActors remote, INodeRefs nodes) =>
        (Users, Rooms, Forwarders, Sessions, Remote, Nodes) = (users, rooms, forwarders, sessions, remote, nodes);

    public IActorRef Users { get; }

    public IActorRef Rooms { get; }

    public IActorRef Forwarders { get; }

    public IActorRef Sessions { get; }

    /// <summary>The actors of other nodes.</summary>
    public RemoteActors Remote { get; }

    /// <summary>What every node has.</summary>
    public INodeRefs Nodes { get; }

    /// <summary>Users and rooms live in the journal that <see cref="Persistence.PersistenceExtension"/> was given for this system.</summary>
    public static ConferenceActors Start(ActorSystem system, IMediaPlane plane, ConferenceMetrics metrics, ConferenceOptions options)
    {
        var sharding = ClusterSharding.Get(system);
        sharding.Join(options.Cluster);
        var remote = new RemoteActors(system, options.Cluster, options.Links, ConferenceMessages.Instance);
        // Rooms speak to the users who own them, users to the rooms of their name, forwarders to their rooms:
        // the circle closes once all are there, before the first message.
        IActorRef users = ActorRefs.Nobody, rooms = ActorRefs.Nobody, forwarders = ActorRefs.Nobody;
        var nodes = new NodeRefs(remote);
        var roomContext = new RoomContext(options.Rooms, () => users, options.Cluster, nodes, metrics);
        rooms = sharding.Start(
            "rooms", id => RoomActor.Props(Name.Parse(id), roomContext), new Extractor<IRoomCommand>(c => c.Room),
            node => remote.RefOf(node, WellKnownActor.Rooms));
        users = sharding.Start(
            "users", id => UserActor.Props(Name.Parse(id), rooms), new Extractor<IUserCommand>(c => c.User),
            node => remote.RefOf(node, WellKnownActor.Users));
        // Forwarders are this node's own: one shard, which never moves.
        var forwarding = new ForwardingContext(
            plane, () => users, () => rooms, () => forwarders, options.Cluster, new ViewFeed(system, options.Cluster), metrics);
        forwarders = sharding.Start(
            "forwarders", id => ForwarderActor.Props(Name.Parse(id), forwarding), new Extractor<IForwarderMessage>(m => m.Room, shards: 1));
        remote.Register(WellKnownActor.Users, users);
        remote.Register(WellKnownActor.Rooms, rooms);
        remote.Register(WellKnownActor.Forwarders, forwarders);
        remote.Register(
            WellKnownActor.Trunks, TrunksActor.Start(system, plane, options.Cluster, node => remote.RefOf(node, WellKnownActor.Trunks)));
        remote.Register(WellKnownActor.Awake, system.ActorOf(AwakeActor.Props(users, rooms), "awake"));
        if (options.Figures is { } figures)
            remote.Register(WellKnownActor.Figures, system.ActorOf(FiguresActor.Props(figures), "figures"));
        if (options.Drain is { } drain)
            remote.Register(WellKnownActor.Drain, system.ActorOf(DrainActor.Props(drain), "drain"));
        system.ActorOf(MediaEventsActor.Props(plane, forwarders), "media-events");
        if (options.Calls is { } calls)
            system.ActorOf(OpenCallsActor.Props(calls, options.Cluster, rooms), "open-calls");
        var node = new NodeContext
        {
            Name = options.NodeName,
            Policy = options.Policy,
            Users = users,
            Rooms = rooms,
            Forwarders = forwarders,
            Plane = plane,
            Metrics = metrics,
            Cluster = options.Cluster,
            Time = system.TimeProvider,
            Authenticator = options.Authenticator,
            RoomsOnDemand = options.Rooms.OnDemand,
            IdleLimit = options.IdleLimit,
        };
        var sessions = system.ActorOf(SessionsActor.Props(node, options.MaxSessions), "sessions");
        remote.Open();
        return new ConferenceActors(users, rooms, forwarders, sessions, remote, nodes);
    }
}
