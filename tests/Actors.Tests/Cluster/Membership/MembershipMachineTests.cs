using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Tests.Cluster.Membership;

/// <summary>Single steps. What comes of many is for the simulation.</summary>
public class MembershipMachineTests : MembershipTest
{
    private readonly MembershipMachine _machine;
    private readonly List<MembershipOutput> _outputs = [];
    private TimeSpan _now = TimeSpan.FromSeconds(100);
    private int _lives;

    public MembershipMachineTests() => _machine = new MembershipMachine(Card(1), Rules, () => Node(++_lives));

    [Fact]
    public void Nothing_is_registered_before_the_session_is_held()
    {
        Step(MembershipInput.Tick.Instance);
        Assert.Equal(new MembershipStatement.HoldSession(A), Assert.Single(Statements()));
        Complete<MembershipStatement.HoldSession>(StatementResult.Done.Instance);
        Assert.Equal(new MembershipStatement.Register(A, Card(1)), Statements()[^1]);
    }

    [Fact]
    public void An_address_that_is_in_use_is_reported_and_tried_again()
    {
        Step(MembershipInput.Tick.Instance);
        Complete<MembershipStatement.HoldSession>(StatementResult.Done.Instance);
        Complete<MembershipStatement.Register>(new StatementResult.AddressInUse(B));
        Assert.Contains(new MembershipOutput.Report(new MembershipEvent.AddressInUse(B)), _outputs);
        _now = _machine.NextTick;
        Step(MembershipInput.Tick.Instance);
        Assert.Equal(2, Statements().OfType<MembershipStatement.Register>().Count());
    }

    [Fact]
    public void A_lease_comes_after_the_view_it_rests_on()
    {
        Join();
        Assert.True(_outputs.FindIndex(o => o is MembershipOutput.NewView) < _outputs.FindIndex(o => o is MembershipOutput.LeaseUntil));
        Assert.Equal(_now + Rules.Lease, _outputs.OfType<MembershipOutput.LeaseUntil>().Last().Until);
    }

    [Fact]
    public void A_beat_that_touches_no_row_ends_the_lease_then_the_life_then_begins_another()
    {
        Join();
        Beat(StatementResult.Fenced.Instance);
        var ended = _outputs.IndexOf(new MembershipOutput.LeaseUntil(TimeSpan.Zero));
        var fenced = _outputs.IndexOf(new MembershipOutput.Fenced(A, B));
        Assert.InRange(ended, 0, fenced - 1);
        Assert.Equal(B, _machine.Self);
        Assert.Equal(new MembershipStatement.HoldSession(B), Statements()[^1]);
    }

    [Fact]
    public void What_a_fenced_life_owned_is_freed_once_its_entities_have_stopped()
    {
        Join();
        Beat(StatementResult.Fenced.Instance);
        Assert.Empty(Statements().OfType<MembershipStatement.Release>());
        Step(new MembershipInput.EntitiesStopped(A));
        Assert.Equal(A, Assert.Single(Statements().OfType<MembershipStatement.Release>()).Self);
    }

    [Fact]
    public void Answers_of_an_earlier_life_are_ignored()
    {
        Join();
        _now += Rules.Beat;
        Step(MembershipInput.Notified.Instance);
        var load = Statements().OfType<MembershipStatement.Load>().Last();
        Complete<MembershipStatement.Beat>(StatementResult.Fenced.Instance);
        _outputs.Clear();
        Step(new MembershipInput.Completed(load, new StatementResult.Loaded(Tables([Row(1)], A) with { Version = 9 }), _now));
        Assert.Empty(_outputs);
    }

    [Fact]
    public void Tables_that_have_lost_what_was_known_end_the_life()
    {
        Join(version: 7);
        Beat(new StatementResult.Beaten(6));
        Assert.Contains(new MembershipOutput.Fenced(A, B), _outputs);
    }

    [Fact]
    public void A_notification_has_the_tables_read_once_where_it_tells_of_something_newer()
    {
        Join(version: 7);
        int before = Statements().OfType<MembershipStatement.Load>().Count();
        Step(new MembershipInput.Notified(7));
        Assert.Equal(before, Statements().OfType<MembershipStatement.Load>().Count());
        Step(new MembershipInput.Notified(8));
        Assert.Equal(before + 1, Statements().OfType<MembershipStatement.Load>().Count());

        // There is no such version, and nobody looks for it for ever.
        Step(new MembershipInput.Notified(1_000_000));
        for (int i = 0; i < 2; i++)
            Complete<MembershipStatement.Load>(new StatementResult.Loaded(Tables([Row(1)], A, 2) with { Version = 8 }));
        Assert.Equal(before + 2, Statements().OfType<MembershipStatement.Load>().Count());
    }

    [Fact]
    public void A_shard_that_drains_is_given_up_after_its_entities_have_stopped()
    {
        Join();
        var tables = Tables([Row(1), Row(2)], A, 2) with { Version = 2 };
        tables = tables with { Shards = [tables.Shards[0], tables.Shards[1] with { Target = B }] };
        Load(tables);
        var handOff = Assert.Single(_outputs.OfType<MembershipOutput.HandOff>());
        Assert.Equal(new ShardId(1), handOff.Shard);
        Assert.Empty(Statements().OfType<MembershipStatement.CompleteHandoff>());
        Step(new MembershipInput.HandedOff(handOff.Shard, handOff.Epoch));
        Assert.Equal([new ShardEpoch(handOff.Shard, 1)], Assert.Single(Statements().OfType<MembershipStatement.CompleteHandoff>()).Shards);
    }

    [Fact]
    public void A_node_that_joins_is_up_when_it_has_links_to_all_that_are()
    {
        Join(Tables([Row(1, NodeRowState.Joining), Row(2), Row(3)], B, 2));
        Step(new MembershipInput.LinkUp(B));
        Assert.Empty(Statements().OfType<MembershipStatement.SetState>());
        Step(new MembershipInput.LinkUp(C));
        Assert.Equal(NodeRowState.Up, Assert.Single(Statements().OfType<MembershipStatement.SetState>()).State);
    }

    [Fact]
    public void The_last_one_out_stops_its_entities_and_frees_its_shards()
    {
        Join();
        Step(MembershipInput.LeaveRequested.Instance);
        var handOffs = _outputs.OfType<MembershipOutput.HandOff>().ToArray();
        Assert.Equal(2, handOffs.Length);
        foreach (var handOff in handOffs)
        {
            Assert.Empty(Statements().OfType<MembershipStatement.Release>());
            Step(new MembershipInput.HandedOff(handOff.Shard, handOff.Epoch));
        }

        Complete<MembershipStatement.Release>(StatementResult.Done.Instance);
        Assert.IsType<MembershipOutput.Left>(_outputs[^1]);
        Assert.Contains(new MembershipOutput.LeaseUntil(TimeSpan.Zero), _outputs);
    }

    /// <summary>This node, alone and with all shards, or as the tables say.</summary>
    private void Join(MembershipTables? tables = null, long version = 1)
    {
        Step(MembershipInput.Tick.Instance);
        Complete<MembershipStatement.HoldSession>(StatementResult.Done.Instance);
        Complete<MembershipStatement.Register>(new StatementResult.Registered(1));
        tables = (tables ?? Tables([Row(1)], A, 2)) with { Version = version };
        Complete<MembershipStatement.Load>(new StatementResult.Loaded(tables));
        Complete<MembershipStatement.Beat>(new StatementResult.Beaten(version));
    }

    private void Beat(StatementResult result)
    {
        _now = _now + Rules.Beat;
        Step(MembershipInput.Tick.Instance);
        Complete<MembershipStatement.Beat>(result);
    }

    private void Load(MembershipTables tables)
    {
        Step(MembershipInput.Notified.Instance);
        Complete<MembershipStatement.Load>(new StatementResult.Loaded(tables));
    }

    private void Step(MembershipInput input) => _outputs.AddRange(_machine.Step(input, _now));

    private MembershipStatement[] Statements() => [.. _outputs.OfType<MembershipOutput.Execute>().Select(e => e.Statement)];

    private void Complete<T>(StatementResult result)
        where T : MembershipStatement => Step(new MembershipInput.Completed(Statements().OfType<T>().Last(), result, _now));
}
