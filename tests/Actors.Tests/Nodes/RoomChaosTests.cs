using Akka.Actor;
using Conference.Actors.Tests.Nodes.Harness;

namespace Conference.Actors.Tests.Nodes;

/// <summary>
/// Members come and go while connections break, messages are lost, actors end, and nodes come, leave and die. When that is over, everybody agrees: who has
/// a port is in, who has none is not, each was told what it is true to have been told, and the records say so too.
/// </summary>
[Collection(nameof(SeveralNodes))]
public sealed class RoomChaosTests : IAsyncLifetime
{
    private const string Room = "standup";
    private const int Steps = 60;
    private const int MostNodes = 4;

    private readonly List<(Client Client, int Said)> _clients = [];
    private readonly List<Client> _watchers = [];
    private readonly Dictionary<Client, List<string>> _told = [];
    private readonly List<string> _steps = [];
    private TestCluster _cluster = null!;
    private Random _random = new(0);
    private int _nodes;

    public static TheoryData<int> Seeds => [1, 2];

    public static TheoryData<int> ManySeeds => [.. Enumerable.Range(100, 30)];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Theory]
    [MemberData(nameof(Seeds))]
    public Task After_whatever_has_happened_all_agree(int seed) => RunAsync(seed);

    [Theory]
    [Trait("Category", "Soak")]
    [MemberData(nameof(ManySeeds))]
    public Task After_whatever_else_has_happened_all_agree(int seed) => RunAsync(seed);

    private TestNode AnyNode => _cluster.Living[_random.Next(_cluster.Living.Count)];

    private async Task RunAsync(int seed)
    {
        _random = new Random(seed);
        _cluster = new TestCluster(seed);
        foreach (var node in await _cluster.StartAsync(3))
            _watchers.Add(node.Enter($"watcher-{node.Name}", Room));
        _nodes = 3;
        try
        {
            for (int step = 0; step < Steps; step++)
            {
                await StepAsync();
                _cluster.Skip(_random.NextDouble() * 0.7);
            }

            Calm();
            AssertAllAgree();
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or TimeoutException)
        {
            throw new InvalidOperationException($"seed {seed}: {string.Join(", ", _steps)}", e);
        }
    }

    private async Task StepAsync()
    {
        switch (_random.Next(24))
        {
            case < 9:
                Come(AnyNode);
                break;
            case < 13:
                Go();
                break;
            case < 15:
                _cluster.Wire.LostPercent = _random.Next(2) * 20;
                Note($"lose {_cluster.Wire.LostPercent} %");
                break;
            case < 17:
                var (one, other) = (AnyNode, AnyNode);
                if (one != other)
                    _cluster.Wire.Cut(one.Name, other.Name);
                Note($"cut {one.Name}-{other.Name}");
                break;
            case 17:
                var (a, b) = (AnyNode, AnyNode);
                _cluster.Wire.Break(a.Name, b.Name);
                Note($"break {a.Name}-{b.Name}");
                break;
            case 18:
                _cluster.Wire.MendAll();
                Note("mend");
                break;
            case < 21:
                EndActor(_random.Next(2) == 0 ? "rooms" : "users");
                break;
            case 21 when _cluster.Living.Count < MostNodes:
                _cluster.Wire.MendAll();
                Note($"join {Name(_nodes)}");
                await _cluster.JoinAsync(Name(_nodes++));
                _cluster.Rebalance();
                break;
            case 22 when _cluster.Living.Count > 2:
                _cluster.Wire.MendAll();
                var leaving = AnyNode;
                Note($"leave {leaving.Name}");
                Lose(leaving);
                await _cluster.LeaveAsync(leaving);
                break;
            case 23 when _cluster.Living.Count > 2:
                _cluster.Wire.MendAll();
                var dying = AnyNode;
                Note($"crash {dying.Name}");
                Lose(dying);
                _cluster.Crash(dying);
                break;
        }
    }

    private static string Name(int node) => $"{(char)('a' + node)}";

    private void Note(string step) => _steps.Add(step);

    private void Come(TestNode node)
    {
        var client = node.Connect();
        client.Say($"CONN video {Room}@example.org");
        _clients.Add((client, 1));
        Note($"come {node.Name}");
    }

    private void Go()
    {
        if (_clients.Count == 0)
            return;
        int index = _random.Next(_clients.Count);
        var (client, said) = _clients[index];
        Note($"go {client.Node.Name}");
        if (_random.Next(2) == 0)
        {
            client.HangUp();
            _clients.RemoveAt(index);
        }
        else
        {
            client.Say($"DCON video {Room}@example.org");
            client.Say($"CONN audio {Room}@example.org");
            _clients[index] = (client, said + 2);
        }
    }

    /// <summary>The room's actor, or all users', end as those do whose write fails.</summary>
    private void EndActor(string region)
    {
        Note($"end {region}");
        string which = region == "rooms" ? Uri.EscapeDataString($"default/{Room}") : "default*";
        foreach (var node in _cluster.Living)
            node.Sys.ActorSelection($"/system/sharding/{region}/*/{which}").Tell(Kill.Instance, ActorRefs.NoSender);
    }

    private void Lose(TestNode node)
    {
        _clients.RemoveAll(c => c.Client.Node == node);
        _watchers.RemoveAll(w => w.Node == node);
    }

    /// <summary>Nothing breaks any more, everybody has been answered, and what was lost has been found.</summary>
    private void Calm()
    {
        _cluster.Wire.LostPercent = 0;
        _cluster.Wire.MendAll();
        foreach (var (client, _) in _clients)
            client.Say("NOOP");
        _cluster.SkipUntil(() => _clients.TrueForAll(c => c.Client.Connection.Answers == c.Said + 1), "everybody is answered");
        _cluster.Skip(15);
        _cluster.SkipUntil(AllAgree, "all nodes agree");
    }

    private bool AllAgree() => _cluster.Living.All(n => n.OpenIn(Room).Select(p => p.Value).SequenceEqual(Routed(n)) && Elsewhere(n).SequenceEqual(Heard(n)));

    private static IEnumerable<long> Routed(TestNode node) => node.Routes(Room)?.Ports.Select(p => p.Port.Value).Order() ?? Enumerable.Empty<long>();

    /// <summary>What a node's members should hear from others; nothing, where there is nobody to hear it.</summary>
    private IEnumerable<(Guid Node, long Port)> Elsewhere(TestNode node) => node.OpenIn(Room).Count == 0
        ? []
        : _cluster.Living.Where(n => n != node).SelectMany(n => n.OpenIn(Room).Select(p => (n.Id.Value, p.Value))).Order();

    private static IEnumerable<(Guid Node, long Port)> Heard(TestNode node) => node.OpenIn(Room).Count == 0
        ? []
        : node.Routes(Room)?.Remote.Select(r => (r.Peer.Value, r.Port.Value)).Order() ?? Enumerable.Empty<(Guid, long)>();

    private void AssertAllAgree()
    {
        var living = _cluster.Living;
        int members = living.Sum(n => n.OpenIn(Room).Count);
        var listed = Listed(living[0].Connect());
        foreach (var node in living)
        {
            Assert.Equal(node.OpenIn(Room).Select(p => p.Value), Routed(node));
            Assert.Equal(Elsewhere(node), Heard(node));
            Assert.Equal(listed, Listed(node.Connect()));
        }

        Assert.Equal(members, listed.Count);
        var open = _cluster.Calls.Where(c => c.Ended is null).ToArray();
        Assert.Equal(members, open.Length);
        Assert.Equal(members, open.Select(c => c.Session).Distinct().Count());
        foreach (var node in living)
            Assert.Equal(node.OpenIn(Room).Count, open.Count(c => c.Node == node.Name));
        Assert.All(living, n => Assert.DoesNotContain(n.Quarantined(), q => living.Any(o => q.EndsWith(o.Cluster.SelfAddress.ToString(), StringComparison.Ordinal))));
        // Each watcher was told of the others, but for those who were there before, what makes them those who are there.
        foreach (var watcher in _watchers)
        {
            string name = $"watcher-{watcher.Node.Name}";
            AssertToldTrue(watcher, ((string[])["watcher-a", "watcher-b", "watcher-c"]).TakeWhile(w => w != name), listed.Except([name]));
        }
    }

    private List<string> Listed(Client client)
    {
        client.Say($"LIST {Room}@example.org");
        var names = new List<string>();
        for (string line = client.Read(); line != "211 end"; line = client.Read())
            names.Add(line.Split(' ')[1]);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Nobody came who was there, nobody left who was not, and those who are left are those who are there.</summary>
    private void AssertToldTrue(Client watcher, IEnumerable<string> before, IEnumerable<string> after)
    {
        _cluster.Settle();
        _told[watcher] = [.. watcher.ReadAll()];
        HashSet<string> there = [.. before];
        foreach (string[] words in _told[watcher].Select(l => l.Split(' ', '@')))
            Assert.True(words[0] == "110" ? there.Add(words[2]) : words[0] != "111" || there.Remove(words[2]), $"{watcher.Node.Name}: {string.Join(' ', words)}");
        Assert.Equal(after.Order(), there.Order());
    }
}
