using System.Collections.Concurrent;
using Conference.Actors.Persistence;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.TestKit.Persistence;
using Conference.Actors.Tests.Persistence;
using Conference.Actors.Tests.Remoting;

namespace Conference.Actors.Tests.Sharding;

/// <summary>Nodes that share a journal, with one type of entity over all of them: a diary keeps every word it is told, and answers with all.</summary>
public abstract class ShardedCluster : ClusterTest
{
    private readonly Dictionary<TestNode, IActorRef> _regions = [];

    private protected InMemoryJournal Journal { get; } = new();

    /// <summary>Which node started which diary, in the order they were.</summary>
    private protected ConcurrentQueue<(string Node, string Diary)> Started { get; } = [];

    /// <summary>Told of every word before a diary does anything about it.</summary>
    private protected Action<Handling> OnHandling { get; set; } = _ => { };

    private protected static ShardId ShardOf(string diary) => new HashCodeMessageExtractor().ShardId(diary);

    private protected ShardedCluster() => Journal.FailWrite = Cluster.Check;

    private protected TestNode Join(string name) => Join(name, (node, remote) =>
    {
        PersistenceExtension.Configure(node.Sys, new PersistenceOptions { Journal = Journal, Serializer = new TextSerializer() });
        var sharding = ClusterSharding.Get(node.Sys);
        sharding.Join(node);
        var region = sharding.Start(
            "diaries", id => Props.Create(() => new Diary(id, this, node)), new ByPrefix(), other => remote.RefOf(other, WellKnownActor.Rooms));
        remote.Register(WellKnownActor.Rooms, region);
        _regions[node] = region;
    });

    private protected IActorRef RegionOf(TestNode node) => _regions[node];

    private protected static ShardingStatistics Counts(TestNode node) => ClusterSharding.Get(node.Sys).Statistics;

    /// <summary>Asks from a node; to be awaited after the clock was moved, if it must be.</summary>
    private protected Task<string> Ask(TestNode from, string diary, string word, double seconds = 5) =>
        RegionOf(from).Ask<string>($"{diary}:{word}", Seconds(seconds));

    private protected string Answer(Task<string> ask)
    {
        // Replies come on pool threads, which the idle barrier does not see.
        Assert.True(SpinWait.SpinUntil(() => ask.IsCompleted, Cluster.Patience), "no answer came");
        return ask.GetAwaiter().GetResult();
    }

    private sealed class ByPrefix : HashCodeMessageExtractor
    {
        public override string? EntityId(object message) => message is string text && text.Split(':') is [var id, _] ? id : null;

        public override object EntityMessage(object message) => ((string)message).Split(':')[1];
    }

    /// <summary>A diary on a node is to do something about a word, at the epoch it was started under.</summary>
    private protected sealed record Handling(string Diary, TestNode Node, long Epoch, string Word);

    /// <summary>
    /// "?" is answered with all words, and keeps none; ">joe" sends the asker on to joe; "hush" has it put aside all that follows, for ever; any
    /// other word is kept (once), and answered with all.
    /// </summary>
    private sealed class Diary : PersistentEntityActor, IWithStash
    {
        private readonly List<string> _words = [];

        public Diary(string id, ShardedCluster test, TestNode node)
        {
            PersistenceId = new PersistenceId(id);
            test.Started.Enqueue((node.Name, id));
            Recover<string>(_words.Add);
            On<string>(word =>
            {
                test.OnHandling(new Handling(id, node, Epoch, word));
                if (word == "hush")
                    BecomeStacked(() => CommandAny(_ => Stash.Stash()));
                else if (word[0] == '>')
                    test.RegionOf(node).Forward($"{word[1..]}:?");
                else if (word == "?" || _words.Contains(word))
                    Answer();
                else
                    Persist(word, kept =>
                    {
                        _words.Add(kept);
                        Answer();
                    });
            });
        }

        public override PersistenceId PersistenceId { get; }

        public IStash Stash { get; set; } = null!;

        protected override bool IsIdle => false;

        private void Answer() => Context.Answer(string.Join(',', _words));
    }
}
