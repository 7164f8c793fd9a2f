using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

public sealed class ActingGuardTests
{
    private readonly TestClock _clock = new();
    private readonly ActingGuard _guard;

    public ActingGuardTests() => _guard = new ActingGuard(ClusterTimings.Default, _clock);

    [Fact]
    public void A_node_that_has_never_heard_a_majority_may_not_act() => Assert.False(_guard.MayAct);

    [Fact]
    public void It_may_act_until_the_limit_after_the_question_that_a_majority_answered()
    {
        long asked = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _guard.Heard(asked);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(_guard.MayAct);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_guard.MayAct);
    }

    [Fact]
    public void An_answer_that_was_read_after_a_freeze_makes_nothing_fresh()
    {
        long asked = _clock.GetTimestamp();
        _guard.Heard(asked);
        // Frozen, and the answer to what was asked before waits in a buffer.
        _clock.Advance(TimeSpan.FromSeconds(15));
        _guard.Heard(asked + 1);

        Assert.False(_guard.MayAct);
    }

    [Fact]
    public void An_older_answer_takes_nothing_back()
    {
        long asked = _clock.GetTimestamp();
        _guard.Heard(asked);
        _guard.Heard(asked - 100);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_guard.MayAct);
    }

    [Fact]
    public void A_node_that_was_put_out_never_acts_again()
    {
        _guard.Heard(_clock.GetTimestamp());
        _guard.End();
        _guard.Heard(_clock.GetTimestamp());

        Assert.False(_guard.MayAct);
    }

    [Fact]
    public void Timings_that_would_let_two_nodes_act_are_refused()
    {
        Assert.Throws<ArgumentException>(() => (ClusterTimings.Default with { ActingLimit = TimeSpan.FromSeconds(6) }).Checked());
        ClusterTimings.Default.Checked();
        TestNode.Timings.Checked();
    }
}
