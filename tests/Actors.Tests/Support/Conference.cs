using System.Diagnostics.Metrics;
using Conference.Actors.Authentication;
using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Actors.TestKit.Persistence;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Support;

/// <summary>All actors of a node on the test kit, with a recording plane and recording clients: everything but sockets and clocks.</summary>
public sealed class Conference : TestKit.TestKit
{
    private readonly Meter _meter = new("test");

    public Conference(RoomOptions? rooms = null, int maxSessions = 1000, bool authenticationRequired = false, IAuthenticator? authenticator = null)
    {
        PersistenceExtension.Configure(Sys, new PersistenceOptions { Journal = Journal, Serializer = ConferenceSerializer.Instance });
        Actors = ConferenceActors.Start(Sys, Plane, new ConferenceMetrics(_meter), new ConferenceOptions
        {
            NodeName = "test",
            Cluster = Cluster,
            Policy = new SessionPolicy(new ServedHosts(["example.org"], []), authenticationRequired),
            Rooms = rooms ?? new RoomOptions(),
            MaxSessions = maxSessions,
            Authenticator = authenticator ?? NoAuthenticator.Instance,
        });
    }

    public SingleNodeCluster Cluster { get; } = new("test");

    public InMemoryJournal Journal { get; } = new();

    /// <summary>Actors that a node has for as long as it runs.</summary>
    private static readonly string[] _ofTheNode =
        ["Shard", "ShardRegion", "SessionsActor", "MediaEventsActor", "TrunksActor", "AwakeActor", "OpenCallsActor", "LinkFeedActor", "Guardian"];

    public RecordingMediaPlane Plane { get; } = new();

    public ConferenceActors Actors { get; }

    public Client Connect(string address = "192.0.2.1", LinkSecurity? link = null)
    {
        var connection = new RecordingConnection(address) { Link = link ?? RecordingConnection.Encrypted };
        var probe = CreateTestProbe();
        probe.Send(Actors.Sessions, new SessionsCommands.Accept(connection, "example.org"));
        var session = probe.ExpectMsg<SessionsReplies.Accepted>().Session;
        Assert.Equal("100 QCVC/1.0", connection.Read());
        return new Client(connection, session);
    }

    /// <summary>All call records there are, the first started first.</summary>
    public IReadOnlyList<CallRecord> Calls
    {
        get
        {
            AwaitIdle();
            return [.. Journal.QueryAsync(new CallQuery { Limit = 10_000 }).GetAwaiter().GetResult().Records.Reverse()];
        }
    }

    /// <summary>For what a task outside of the actors sets off, which <see cref="TestKit.TestKit.AwaitIdle"/> does not see.</summary>
    public void Until(Func<bool> isSo, string what) => Assert.True(
        SpinWait.SpinUntil(
            () =>
            {
                AwaitIdle();
                return isSo();
            },
            Patience),
        what);

    public Client SignIn(string name)
    {
        var client = Connect();
        Assert.Equal($"204 {name}", client.Ask($"AUTH ANONYMOUS {name}"));
        return client;
    }

    /// <summary>Live actors, those left out that stay once they are there.</summary>
    public IReadOnlyDictionary<string, int> LiveActors
    {
        get
        {
            // Entities with a past linger a little.
            Advance(TimeSpan.FromSeconds(5));
            return Sys.Statistics.ActorsByType.Where(t => !_ofTheNode.Contains(t.Key))
                .ToDictionary(t => t.Key, t => t.Value);
        }
    }
}

/// <summary>One client of the tests.</summary>
public sealed record Client(RecordingConnection Connection, IActorRef Session)
{
    public void Say(string line) => Session.Tell(CommandParser.Parse(line), ActorRefs.NoSender);

    public string Ask(string line)
    {
        Say(line);
        return Connection.Read();
    }

    public string Read() => Connection.Read();

    public void HangUp() => Session.Tell(SessionCommands.Disconnected.Instance, ActorRefs.NoSender);
}
