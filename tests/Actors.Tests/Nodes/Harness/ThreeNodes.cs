using Conference.Actors.Calls;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>
/// Nodes a, b and c. All users and rooms are c's. Other tests may have had these nodes before: the room and the people of a test have names of its own.
/// </summary>
public abstract class ThreeNodes(SharedNodes nodes) : IAsyncLifetime
{
    private int _test;

    protected TestCluster Cluster { get; private set; } = null!;

    protected TestNode A { get; private set; } = null!;

    protected TestNode B { get; private set; } = null!;

    protected TestNode C { get; private set; } = null!;

    /// <summary>The room of this test.</summary>
    protected string Standup => Of("standup");

    protected Name Room => Name.Parse(Standup);

    protected IReadOnlyList<CallRecord> Calls => [.. Cluster.Calls.Where(c => c.Room == Room)];

    public async ValueTask InitializeAsync()
    {
        (Cluster, _test) = await nodes.TakeAsync();
        (A, B, C) = (Cluster.Find("a"), Cluster.Find("b"), Cluster.Find("c"));
    }

    /// <summary>The next test finds nodes that are as new, or new ones.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Cluster.Wire.Reset();
        Cluster.Store.Reset();
        if (!Cluster.IsWhole)
            return ValueTask.CompletedTask;
        Cluster.HangUpAll();
        foreach (var plane in new[] { A, B, C }.Select(n => n.Plane))
            (plane.Statistics, plane.Sources, plane.Answer) = (new(0, 0, 0, 0, 0, false), [], null);
        return ValueTask.CompletedTask;
    }

    /// <summary>A name of this test's own.</summary>
    protected string Of(string name) => $"{name}-{_test}";

    protected static string Video(string room) => $"CONN video {room}@example.org";

    protected static string Joined(string name) => $"110 joined {name}@example.org";

    protected static string Left(string name) => $"111 left {name}@example.org";

    protected static string PutOut(string name) => $"117 put-out {name}@example.org";

    protected static string Muted(string name) => $"115 muted {name}@example.org";

    protected static string Recording(string name) => $"120 recording {name}@example.org";

    protected static string Recorded(string name) => $"121 recorded {name}@example.org";

    /// <summary>Signed in by a name of this test, told of events, and in its room.</summary>
    protected Client Enter(TestNode node, string name) => node.Enter(Of(name), Standup);

    /// <summary>The same, into a room that others record: the client is told so before it hears or is heard.</summary>
    protected Client EnterRecorded(TestNode node, string name, string recorder)
    {
        var client = SignIn(node, name);
        client.Ask("SETP session events on");
        Assert.Equal(Recording(Of(recorder)), client.Ask(Video(Standup)));
        Assert.StartsWith("303 video ", client.Read(), StringComparison.Ordinal);
        return client;
    }

    protected Client SignIn(TestNode node, string name) => node.SignIn(Of(name));

    /// <summary>Without a word: what these send to those is gone.</summary>
    protected void Lose(TestNode from, TestNode to) => Cluster.Wire.Carries = m => m.From != from.Name || m.To != to.Name;

    protected void LoseNothing() => Cluster.Wire.Carries = _ => true;

    protected static void Await(Action assert) => TestCluster.Await(assert);

    /// <summary>What these were told so far does not matter.</summary>
    protected void Quiet(params Client[] clients)
    {
        Cluster.Settle();
        foreach (var client in clients)
            client.ReadAll();
    }

    protected void ExpectNothing(params Client[] clients)
    {
        Cluster.Settle();
        Assert.All(clients, c => Assert.Empty(c.ReadAll()));
    }

    /// <summary>The names LIST shows.</summary>
    protected IReadOnlyList<string> List(Client client) => client.List(Standup);

    protected CallRecord CallOf(string name) => Assert.Single(Calls, c => c.User == Name.Parse(Of(name)));
}
