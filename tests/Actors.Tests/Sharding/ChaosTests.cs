using System.Collections.Concurrent;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Actors.TestKit.Cluster;

namespace Conference.Actors.Tests.Sharding;

/// <summary>
/// Nodes that die, freeze, are fenced and come back, links that fail and delay, shards that move, views that lag: by chance, from a seed.
/// Throughout, nothing acts without the right to, and at one epoch one node acts; in the end, what was acknowledged is there, once.
/// </summary>
public sealed class ChaosTests : ShardedCluster
{
    private const int Nodes = 4, Steps = 60;
    private static readonly string[] _diaries = ["ann", "bob", "joe", "eve", "kim"];

    private readonly List<TestNode> _nodes = [];
    private readonly ConcurrentQueue<Handling> _handled = [];
    private readonly List<(string Diary, string Word, Task<string> Ask)> _asks = [];
    private readonly List<string> _wrongs = [];
    private int _words;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_there_is_one_owner_and_what_was_acknowledged_is_kept(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Nodes; i++)
            _nodes.Add(Join($"n{i}"));
        OnHandling = handling =>
        {
            _handled.Enqueue(handling);
            if (!handling.Node.HoldsLease)
                lock (_wrongs)
                    _wrongs.Add($"{handling} without a lease");
        };
        Cluster.GiveAll([.. _nodes]);
        Cluster.LinkDelay = Seconds(0.02);
        for (int step = 0; step < Steps; step++)
        {
            Disturb(random);
            for (int i = random.Next(5); i > 0; i--)
                AskSomething(random);
            Cluster.Advance(Seconds(random.NextDouble() * 0.7));
        }

        Heal();
        Assert.Empty(_wrongs);
        Assert.All(_handled.GroupBy(h => (h.Diary, h.Epoch)), epoch => Assert.Single(epoch.Select(h => h.Node).Distinct()));
        foreach (string diary in _diaries)
        {
            string[] kept = Final(diary);
            Assert.Equal(kept.Length, kept.Distinct().Count());
            Assert.Equal(kept, Journal.EventsOf(new PersistenceId(diary)).Select(e => System.Text.Encoding.UTF8.GetString(e)));
            var acknowledged = _asks.Where(a => a.Diary == diary && a.Ask.IsCompletedSuccessfully).Select(a => a.Word);
            Assert.Empty(acknowledged.Except(kept));
        }

        Assert.All(_asks, a => Assert.True(
            a.Ask.IsCompletedSuccessfully || a.Ask.Exception!.GetBaseException() is AskTimeoutException or JournalUnavailableException, $"{a.Ask.Exception}"));
        Assert.True(_asks.Count(a => a.Ask.IsCompletedSuccessfully) > _asks.Count / 4, "hardly anything was answered");
    }

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 40)];

    private void AskSomething(Random random)
    {
        var from = _nodes[random.Next(Nodes)];
        if (from.IsDead)
            return;
        string diary = _diaries[random.Next(_diaries.Length)];
        string word = $"w{++_words}";
        _asks.Add((diary, word, Ask(from, diary, word)));
    }

    private void Disturb(Random random)
    {
        var (one, other) = (_nodes[random.Next(Nodes)], _nodes[random.Next(Nodes)]);
        var shard = ShardOf(_diaries[random.Next(_diaries.Length)]);
        switch (random.Next(10))
        {
            case 0:
                Cluster.Cut(one, other);
                break;
            case 1 or 2:
                Cluster.Mend(one, other);
                break;
            case 3:
                one.IsBlind = !one.IsBlind;
                Cluster.Publish();
                break;
            case 4:
                // Its lease runs out before anybody may take what it owns.
                one.HoldsLease = false;
                Cluster.AwaitIdle();
                Cluster.DeclareDown(one);
                GiveAway(random);
                if (random.Next(2) == 0)
                    Cluster.Advance(Seconds(0.3));
                Cluster.Fence(one);
                break;
            case 5:
                Return(one);
                break;
            case 6:
                one.HoldsLease = false;
                Cluster.Advance(Seconds(0.5));
                one.HoldsLease = !IsOut(one);
                break;
            case 7:
                Cluster.RefusedPercent = random.Next(3) * 15;
                break;
            default:
                Move(shard, other);
                break;
        }
    }

    /// <summary>As the owner allows it: a shard of a node that does not answer stays where it is.</summary>
    private void Move(ShardId shard, TestNode to)
    {
        var owner = _nodes.FirstOrDefault(n => n.Id == Cluster[shard].Owner);
        if (owner is null || IsOut(owner) || IsOut(to))
            return;
        var handOff = Cluster.HandOffAsync(shard, to);
        Cluster.AdvanceUntil(() => handOff.IsCompleted, Seconds(10), "handed off");
        handOff.GetAwaiter().GetResult();
    }

    private bool IsOut(TestNode node) => Cluster.IsDown(node);

    private void GiveAway(Random random)
    {
        var alive = _nodes.Where(n => !IsOut(n)).ToArray();
        if (alive.Length == 0)
            return;
        foreach (string diary in _diaries)
            if (Cluster[ShardOf(diary)].Owner is null)
                Cluster.Give(ShardOf(diary), alive[random.Next(alive.Length)]);
    }

    private void Return(TestNode node)
    {
        if (!IsOut(node))
            return;
        Cluster.Rejoin(node);
        foreach (string diary in _diaries)
            if (Cluster[ShardOf(diary)].Owner is null)
                Cluster.Give(ShardOf(diary), node);
    }

    private void Heal()
    {
        Cluster.RefusedPercent = 0;
        foreach (var node in _nodes)
        {
            node.IsBlind = false;
            Return(node);
            node.HoldsLease = true;
            foreach (var other in _nodes)
                Cluster.Mend(node, other);
        }

        Cluster.Publish();
        Cluster.Advance(Seconds(10));
        Assert.True(SpinWait.SpinUntil(() => _asks.All(a => a.Ask.IsCompleted), Cluster.Patience), "an ask has no end");
    }

    private string[] Final(string diary)
    {
        var ask = Ask(_nodes[0], diary, "?");
        Cluster.AdvanceUntil(() => ask.IsCompleted, Seconds(5), "answered");
        if (ask.IsFaulted)
            throw new InvalidOperationException($"{diary} {Cluster[ShardOf(diary)]} {string.Join(' ', _nodes.Select(n => $"\n{n.Name} {n.Id} {n.HoldsLease} {n.IsBlind} {n.View[ShardOf(diary)]} {Counts(n)} {n.Sys.Statistics.LiveActors} {n.Sys.Statistics.Restarts} {RemoteOf(n).Statistics} {string.Join(' ', n.View.Nodes.Select(m => m.Id))}"))}");
        return ask.GetAwaiter().GetResult().Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
