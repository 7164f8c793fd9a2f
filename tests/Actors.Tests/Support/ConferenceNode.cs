using System.Diagnostics.Metrics;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.TestKit.Persistence;
using Conference.Media;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Support;

/// <summary>One node of a <see cref="ConferenceCluster"/>.</summary>
public sealed class ConferenceNode : IDisposable
{
    private readonly Meter _meter = new("test");

    public ConferenceNode(TestNode node, InMemoryJournal journal)
    {
        Node = node;
        PersistenceExtension.Configure(node.Sys, new PersistenceOptions { Journal = journal, Serializer = ConferenceSerializer.Instance });
        Actors = ConferenceActors.Start(node.Sys, Plane, new ConferenceMetrics(_meter), new ConferenceOptions
        {
            NodeName = node.Name,
            Rooms = new RoomOptions(MaxMembers: 5000),
            Policy = new SessionPolicy(new ServedHosts(["example.org"], []), AuthenticationRequired: false),
            Cluster = node,
            Links = node,
            Calls = journal,
        });
    }

    public TestNode Node { get; }

    public RecordingMediaPlane Plane { get; } = new();

    public ConferenceActors Actors { get; }

    public Client Connect(string address = "192.0.2.1")
    {
        var connection = new RecordingConnection(address);
        var probe = Node.CreateTestProbe();
        probe.Send(Actors.Sessions, new SessionsCommands.Accept(connection, "example.org"));
        var session = probe.ExpectMsg<SessionsReplies.Accepted>().Session;
        Assert.Equal("100 QCVC/1.0", connection.Read());
        return new Client(connection, session);
    }

    public Client SignIn(string name)
    {
        var client = Connect();
        Assert.Equal($"204 {name}", client.Ask($"AUTH ANONYMOUS {name}"));
        return client;
    }

    /// <summary>Signed in, told of events, and in the room.</summary>
    public Client Enter(string name, string room = "standup", string service = "video")
    {
        var client = SignIn(name);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        Assert.StartsWith($"303 {service} ", client.Ask($"CONN {service} {room}@example.org"), StringComparison.Ordinal);
        return client;
    }

    /// <summary>What the plane was told last of a room.</summary>
    public MediaRoutes Routes(string room = "standup") => Plane.Applied.Last(r => r.Room.Value == room);

    /// <summary>The nodes that the members here hear, and are heard by.</summary>
    public IEnumerable<Guid> Peers(string room = "standup") => Routes(room).Remote.Select(r => r.Peer.Value);

    public T Ask<T>(IActorRef whom, object message)
    {
        var probe = Node.CreateTestProbe();
        probe.Send(whom, message);
        return probe.ExpectMsg<T>();
    }

    public void Dispose() => _meter.Dispose();
}
