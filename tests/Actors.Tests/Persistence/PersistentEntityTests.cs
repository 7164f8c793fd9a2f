using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Persistence;

public sealed class PersistentEntityTests : PersistenceTest
{
    private int _starts;

    [Fact]
    public void An_idle_entity_sleeps_and_wakes_from_its_journal()
    {
        var region = Region();
        Probe.Send(region, new Say("joe", "a"));
        Probe.ExpectMsg("a");
        Kit.AwaitIdle();
        Assert.Equal(1, Live());
        Kit.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, Live());
        Probe.Send(region, new Say("joe", "b"));
        Probe.ExpectMsg("a,b");
        Assert.Equal(2, _starts);
    }

    [Fact]
    public void An_entity_with_something_to_keep_stays_awake()
    {
        var region = Region();
        Probe.Send(region, new Stay("joe", true));
        Probe.Send(region, new Say("joe", "a"));
        Probe.ExpectMsg("a");
        Kit.AwaitIdle();
        Assert.Equal(1, Live());
        Kit.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, Live());
        Probe.Send(region, new Stay("joe", false));
        Kit.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, Live());
    }

    [Fact]
    public void No_message_is_lost_between_sleeping_and_waking()
    {
        var region = Region();
        for (int i = 1; i <= 200; i++)
            Probe.Send(region, new Say("joe", $"{i}"));
        var answers = Probe.ReceiveN(200).Cast<string>().ToArray();
        Assert.Equal(string.Join(',', Enumerable.Range(1, 200)), answers[^1]);
        Assert.Equal(200, Journal.EventsOf(Joe).Count);
    }

    [Fact]
    public void After_a_failed_write_the_next_message_finds_it_started_again()
    {
        var region = Region();
        Probe.Send(region, new Stay("joe", true));
        Probe.Send(region, new Say("joe", "a"));
        Probe.ExpectMsg("a");
        Journal.FailAfterWrite = _ => new JournalUnavailableException("away", outcomeUnknown: true);
        Probe.Send(region, new Say("joe", "b"));
        ExpectFailure<JournalUnavailableException>();
        Journal.FailAfterWrite = null;
        Kit.AwaitIdle();
        Probe.Send(region, new Say("joe", "c"));
        Probe.ExpectMsg("a,b,c");
    }

    [Fact]
    public void While_the_store_is_away_no_command_waits_and_none_is_lost_after()
    {
        var region = Region();
        Journal.Failure = new JournalUnavailableException("away");
        for (int i = 0; i < 20; i++)
        {
            Probe.Send(region, new Say("joe", "lost"));
            ExpectFailure<JournalUnavailableException>();
        }
        Assert.Equal(1, _starts);
        Journal.Failure = null;
        Kit.Advance(Seconds(1));
        Probe.Send(region, new Say("joe", "a"));
        Probe.ExpectMsg("a");
        Assert.Equal(0, Sys.DeadLetterCount);
    }

    [Fact]
    public void Every_message_of_a_stream_is_answered_while_writes_fail_now_and_then()
    {
        var region = Region();
        int write = 0;
        Journal.FailWrite = _ => ++write % 7 == 0 ? new JournalUnavailableException("away") : null;
        for (int i = 0; i < 500; i++)
            Probe.Send(region, new Say("joe", $"{i}"));
        int stored = Probe.ReceiveN(500).OfType<string>().Count();
        Assert.Equal(stored, Journal.EventsOf(Joe).Count);
        Assert.InRange(stored, 1, 499);
    }

    private int Live() => Sys.Statistics.ActorsByType.GetValueOrDefault(nameof(Diary));

    private IActorRef Region() => ClusterSharding.Get(Sys).Start("diaries", id => Props.Create(() =>
    {
        _starts++;
        return new Diary(id);
    }), new ByName());

    private sealed record Say(string Name, string Text) : INamed;

    private sealed record Stay(string Name, bool Awake) : INamed;

    private interface INamed
    {
        string Name { get; }
    }

    private sealed class ByName() : HashCodeMessageExtractor(4)
    {
        public override string? EntityId(object message) => (message as INamed)?.Name;
    }

    private sealed class Diary : PersistentEntityActor
    {
        private readonly List<string> _said = [];
        private bool _awake;

        public Diary(string id)
        {
            PersistenceId = new PersistenceId(id);
            Recover<string>(_said.Add);
            On<Stay>(stay => _awake = stay.Awake);
            On<Say>(say => Persist(say.Text, text =>
            {
                _said.Add(text);
                Sender.Tell(string.Join(',', _said));
            }));
        }

        public override PersistenceId PersistenceId { get; }

        protected override bool IsIdle => !_awake;
    }
}
