using Conference.Actors.Tests.Support;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Rooms;

/// <summary>
/// Members come and go while links break, messages are refused, the room changes hands with and without a word, and nodes are fenced. When
/// that is over, everybody agrees: who has a port is in, who has none is not, and each was told what it is true to have been told.
/// </summary>
public sealed class RoomChaosTests : ThreeNodes
{
    private static readonly string[] _names = ["watcher-a", "watcher-b", "watcher-c"];

    private readonly List<(Client Client, int Said)> _clients = [];
    private readonly List<Client> _watchers = [];
    private readonly List<(Client Watcher, string Line)> _told = [];
    private Random _random = new(0);

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task After_whatever_has_happened_all_agree(int seed)
    {
        _random = new Random(seed);
        foreach (var node in new[] { A, B, C })
            _watchers.Add(node.Enter($"watcher-{node.Node.Name}"));
        for (int step = 0; step < 60; step++)
        {
            await StepAsync();
            Cluster.Advance(_random.NextDouble() * 0.7);
        }

        Calm();
        AssertAllAgree();
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    private ConferenceNode AnyNode => _random.Next(3) switch { 0 => A, 1 => B, _ => C };

    private async Task StepAsync()
    {
        switch (_random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                Come(AnyNode);
                break;
            case 4 or 5:
                Go();
                break;
            case 6:
                Cluster.Cluster.RefusedPercent = _random.Next(2) * 20;
                break;
            case 7:
                Cluster.Cut(AnyNode, AnyNode);
                break;
            case 8:
                MendAll();
                break;
            case 9:
                Cluster.Give("standup", AnyNode);
                break;
            case 10:
                await HandOffAsync(AnyNode);
                break;
            case 11:
                var fenced = AnyNode;
                Cluster.Cluster.DeclareDown(fenced.Node);
                foreach (var shard in Enumerable.Range(0, 256).Where(s => Cluster.Cluster[new(s)].Owner is null))
                    Cluster.Cluster.Give(new(shard), new[] { A, B, C }.First(n => n != fenced).Node);
                Cluster.Advance(_random.NextDouble());
                Cluster.Cluster.Fence(fenced.Node);
                Cluster.Cluster.Rejoin(fenced.Node);
                break;
        }
    }

    private void Come(ConferenceNode node)
    {
        var client = node.Connect();
        client.Say("CONN video standup@example.org");
        _clients.Add((client, 1));
    }

    private void Go()
    {
        if (_clients.Count == 0)
            return;
        int index = _random.Next(_clients.Count);
        var (client, said) = _clients[index];
        if (_random.Next(2) == 0)
        {
            client.HangUp();
            _clients.RemoveAt(index);
        }
        else
        {
            client.Say("DCON video standup@example.org");
            client.Say("CONN audio standup@example.org");
            _clients[index] = (client, said + 2);
        }
    }

    private async Task HandOffAsync(ConferenceNode to)
    {
        var place = Cluster.Cluster[ShardOf.Name(Name.Parse("standup"))];
        if (place.Owner == to.Node.Id)
            return;
        // The owner's actors may have to wait for the clock before they can stop.
        var moving = Cluster.HandOffAsync("standup", to);
        Cluster.Until(() => moving.IsCompleted, "handed over");
        await moving;
    }

    private void MendAll()
    {
        Cluster.Mend(A, B);
        Cluster.Mend(B, C);
        Cluster.Mend(A, C);
    }

    /// <summary>Nothing breaks any more, everybody has been answered, and what was lost has been found.</summary>
    private void Calm()
    {
        Cluster.Cluster.RefusedPercent = 0;
        MendAll();
        foreach (var (client, _) in _clients)
            client.Say("NOOP");
        // What was asked is answered on the pool's threads, which the clock does not wait for.
        for (int i = 0; i < 60 && !SpinWait.SpinUntil(() => _clients.All(c => c.Client.Connection.Answers == c.Said + 1), TimeSpan.FromMilliseconds(20)); i++)
            Cluster.Advance(0.5);
        Cluster.Advance(15);
        for (int i = 0; i < 10 && !AllAgree(); i++)
            Cluster.Advance(3);
    }

    private bool AllAgree() => new[] { A, B, C }.All(n =>
        Ported(n).SequenceEqual(n.Routes().Ports.Select(p => (n.Node.Id.Value, p.Port.Value)).Order()) && Elsewhere(n).SequenceEqual(Heard(n)));

    /// <summary>Ports that are open on a node.</summary>
    private static IEnumerable<(Guid Node, long Port)> Ported(ConferenceNode node) => node.Plane.Open.Keys.Select(p => (node.Node.Id.Value, p.Value)).Order();

    private IEnumerable<(Guid Node, long Port)> Elsewhere(ConferenceNode node) => new[] { A, B, C }.Where(n => n != node).SelectMany(Ported).Order();

    private static IEnumerable<(Guid Node, long Port)> Heard(ConferenceNode node) => node.Routes().Remote.Select(r => (r.Peer.Value, r.Port.Value)).Order();

    private void AssertAllAgree()
    {
        var nodes = new[] { A, B, C };
        int members = nodes.Sum(n => n.Plane.Open.Count);
        foreach (var node in nodes)
        {
            Assert.Equal(Ported(node), node.Routes().Ports.Select(p => (node.Node.Id.Value, p.Port.Value)).Order());
            Assert.Equal(Elsewhere(node), Heard(node));
        }

        // Each watcher was told of the others, but for those who were there before, what makes them those who are there.
        var listed = Listed(_watchers[0]);
        Assert.Equal(members, listed.Count);
        Assert.Equal(members, Cluster.Calls.Count(c => c.Ended is null));
        for (int i = 0; i < _watchers.Count; i++)
            AssertToldTrue(_watchers[i], _names.Take(i), listed.Except([_names[i]]));
    }

    private List<string> Listed(Client client)
    {
        Cluster.AwaitIdle();
        client.Say("LIST standup@example.org");
        var names = new List<string>();
        for (string line = client.Read(); line != "211 end"; line = client.Read())
        {
            if (line.StartsWith("211 ", StringComparison.Ordinal))
                names.Add(line.Split(' ')[1]);
            else
                _told.Add((client, line));
        }

        return names;
    }

    /// <summary>Nobody came who was there, nobody left who was not, and those who are left are those who are there.</summary>
    private void AssertToldTrue(Client watcher, IEnumerable<string> before, IEnumerable<string> after)
    {
        Cluster.AwaitIdle();
        while (watcher.Connection.TryRead(TimeSpan.Zero) is { } line)
            _told.Add((watcher, line));
        HashSet<string> there = [.. before];
        foreach (string[] words in _told.Where(t => t.Watcher == watcher).Select(t => t.Line.Split(' ', '@')))
            Assert.True(words[0] == "110" ? there.Add(words[2]) : words[0] != "111" || there.Remove(words[2]), $"{words[1]} {words[2]}");
        Assert.Equal(after.Order(), there.Order());
    }
}
