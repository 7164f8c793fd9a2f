using Conference.Node.Statistics;

namespace Conference.Node.Tests.Statistics;

public sealed class ClusterEventLogTests
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ClusterEventLog _log = new();
    private Observation _last = Observation.None;
    private TimeSpan _clock;

    [Fact]
    public void A_node_that_comes_falls_silent_answers_again_and_goes_is_told_of()
    {
        See(Node("a"));
        See(Node("a"), Node("b"));
        See(Node("a"), Node("b") with { Answers = false });
        See(Node("a"), Node("b"));
        See(Node("a"));

        Assert.Equal(
            [
                "Info: This node began to watch: 1 node", "Info: b joined the cluster", "Warning: b does not answer", "Info: b answers again",
                "Problem: b left the cluster without a word",
            ],
            Told());
    }

    [Fact]
    public void A_drain_is_told_when_it_begins_when_it_is_called_off_and_a_drained_node_may_go()
    {
        See(Node("a"), Node("b"));
        See(Node("a"), Node("b", NodeCondition.Draining));
        See(Node("a"), Node("b"));
        See(Node("a"), Node("b", NodeCondition.Draining));
        See(Node("a"));

        Assert.Equal(
            ["Warning: b is draining", "Info: b is ready: its drain was called off", "Warning: b is draining", "Info: b left the cluster"], Told().Skip(1));
    }

    [Fact]
    public void A_node_that_is_cut_off_or_cannot_be_reached_is_a_problem()
    {
        See(Node("a"), Node("b"));
        See(Node("a", NodeCondition.NotActing), Node("b") with { IsReachable = false, Answers = false });
        See(Node("a"), Node("b"));
        See(Node("a", NodeCondition.NotReady), Node("b"));

        Assert.Equal(
            [
                "Problem: a is cut off: it has not heard from a majority of the cluster", "Problem: b cannot be reached",
                "Info: a is ready: it hears from the cluster again", "Info: b answers again", "Info: b can be reached again",
                "Problem: a is not ready: it takes no clients",
            ],
            Told().Skip(1));
    }

    [Fact]
    public void A_node_that_said_it_would_go_has_left_and_is_not_missed()
    {
        See(Node("a"), Node("b"));
        See(Node("a"), Node("b") with { Status = "leaving" });
        See(Node("a"));
        Assert.Equal("Info: b left the cluster", Told()[^1]);
    }

    [Fact]
    public void Shards_that_move_one_by_one_are_told_together_once_they_stand_still()
    {
        See(Node("a", shards: 256), Node("b", shards: 0));
        for (int moved = 1; moved <= 128; moved++)
            See(Node("a", shards: 256 - moved), Node("b", shards: moved));
        for (int i = 0; i < 4; i++)
            See(Node("a", shards: 128), Node("b", shards: 128));

        Assert.Equal("Info: Shards moved: a 256 → 128, b 0 → 128", Assert.Single(Told().Skip(1)));
    }

    [Fact]
    public void Joins_are_told_by_the_minute_and_more_refused_than_let_in_is_a_warning()
    {
        for (int i = 0; i <= 60; i++)
            See(Node("a", joins: 2, refused: 0.1));
        for (int i = 0; i < 60; i++)
            See(Node("a", joins: 0, refused: 0));
        for (int i = 0; i < 60; i++)
            See(Node("a", joins: 1, refused: 3));

        Assert.Equal("Info: 120 CONNs in the last minute, 6 refused", Told()[1]);
        Assert.Equal("Warning: 60 CONNs in the last minute, 180 refused", Told()[2]);
        Assert.Equal(3, Told().Count);
    }

    [Fact]
    public void Only_the_last_hundred_are_kept()
    {
        for (int i = 0; i < 150; i++)
            See(Node($"n{i}"));

        Assert.Equal(ClusterEventLog.Most, _log.Events.Count);
        Assert.Equal(_log.Events[0].Number + 99, _log.Events[^1].Number);
    }

    [Fact]
    public void An_event_is_told_by_the_clock_of_then_and_minutes_are_measured()
    {
        See(Node("a", joins: 1));
        for (int i = 0; i < 30; i++)
            See(Node("a", joins: 1));
        // Somebody sets the clock back by an hour.
        _clock = TimeSpan.FromHours(-1);
        for (int i = 0; i < 30; i++)
            See(Node("a", joins: 1));

        Assert.Equal("Info: 60 CONNs in the last minute", Told()[1]);
        Assert.Equal(_start.AddSeconds(60).AddHours(-1), _log.Events[1].At);
    }

    private void See(params ObservedNode[] nodes)
    {
        var now = new Observation(_last.Number + 1, _start.AddSeconds(_last.Number), "a", [.. nodes], RoomBoard.Empty)
        {
            Clock = _start.AddSeconds(_last.Number) + _clock,
        };
        _log.Add(_last, now);
        _last = now;
    }

    private IReadOnlyList<string> Told() => [.. _log.Events.Select(e => $"{e.Level}: {e.Text}")];

    private static ObservedNode Node(string name, NodeCondition condition = NodeCondition.Ready, int shards = 0, double joins = 0, double refused = 0) => new(
        name, name, "127.0.0.1", "up", true, new NodeStatistics { Id = name, Name = name, Condition = condition, Shards = shards, Joins = joins, JoinsRefused = refused }, true);
}
