using Conference.Actors.Persistence;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Support;

/// <summary>Nodes a, b and c. All users and rooms are c's.</summary>
public abstract class ThreeNodes : IAsyncLifetime
{
    protected ThreeNodes()
    {
        var nodes = Cluster.Start(3);
        (A, B, C) = (nodes[0], nodes[1], nodes[2]);
    }

    protected static Name Room { get; } = Name.Parse("standup");

    protected ConferenceCluster Cluster { get; } = new();

    protected ConferenceNode A { get; }

    protected ConferenceNode B { get; }

    protected ConferenceNode C { get; }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Cluster.DisposeAsync();
    }

    /// <summary>Without a word: what is sent is gone.</summary>
    protected void Lose(ConferenceNode from, ConferenceNode to) => Cluster.Cluster.Carries = (f, t) => f != from.Node || t != to.Node;

    protected void LoseNothing() => Cluster.Cluster.Carries = (_, _) => true;

    /// <summary>What these were told so far does not matter.</summary>
    protected void Quiet(params Client[] clients)
    {
        Cluster.AwaitIdle();
        foreach (var client in clients)
        {
            while (client.Connection.TryRead(TimeSpan.Zero) is not null)
            {
            }
        }
    }

    protected void ExpectNothing(params Client[] clients)
    {
        Cluster.AwaitIdle();
        Assert.All(clients, c => c.Connection.ExpectNothing());
    }

    /// <summary>The names LIST shows.</summary>
    protected static IReadOnlyList<string> List(Client client, string room = "standup")
    {
        var names = new List<string>();
        for (string line = client.Ask($"LIST {room}@example.org"); line != "211 end"; line = client.Read())
            names.Add(line.Split(' ')[1]);
        return names;
    }

    protected CallRecord CallOf(string user) => Assert.Single(Cluster.Calls, c => c.User == Name.Parse(user));
}
