using Conference.Actors.Runtime;

namespace Conference.Actors.Tests.Runtime;

public sealed class AskTests : ActorTest
{
    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_ask_completes_with_the_reply()
    {
        var actor = Start((self, message) => self.Sender.Tell($"re: {message}"));
        Assert.Equal("re: hello", await actor.Ask<string>("hello", Seconds(1), TestEnds));
    }

    [Fact]
    public async Task An_ask_faults_at_its_deadline_and_a_late_reply_is_a_dead_letter()
    {
        var ask = Probe.Ref.Ask<string>("?", Seconds(3), TestEnds);
        Probe.ExpectMsg("?");
        Kit.Advance(Seconds(2.9));
        Assert.False(ask.IsCompleted);
        Kit.Advance(Seconds(0.1));
        await Assert.ThrowsAsync<AskTimeoutException>(() => ask);
        Probe.Reply("late");
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.LateReply));
    }

    [Fact]
    public async Task Only_the_first_reply_counts()
    {
        var ask = Probe.Ref.Ask<int>("?", Seconds(3), TestEnds);
        Probe.ExpectMsg("?");
        Probe.Reply(1);
        Probe.Reply(2);
        Assert.Equal(1, await ask);
        Assert.Equal(1, Sys.DeadLetterCountOf(DeadLetterReason.LateReply));
    }

    [Fact]
    public async Task A_failure_reply_throws_its_cause()
    {
        var cause = new InvalidOperationException("no");
        var actor = Start((self, _) => self.Sender.Tell(new Status.Failure(cause)));
        Assert.Same(cause, await Assert.ThrowsAsync<InvalidOperationException>(() => actor.Ask<string>("?", Seconds(1), TestEnds)));
    }

    [Fact]
    public async Task A_reply_of_another_type_is_named_in_the_exception()
    {
        var actor = Start((self, _) => self.Sender.Tell(42));
        var exception = await Assert.ThrowsAsync<InvalidCastException>(() => actor.Ask<string>("?", Seconds(1), TestEnds));
        Assert.Equal($"{actor.Path} was asked String for a String and replied Int32", exception.Message);
    }

    [Fact]
    public async Task An_ask_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var ask = Probe.Ref.Ask<string>("?", Timeout.InfiniteTimeSpan, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ask);
    }

    [Fact]
    public async Task A_piped_task_becomes_a_message_of_the_given_sender()
    {
        await Task.FromResult(20).PipeTo(Probe.Ref, Probe.Ref, success: number => number + 1);
        Probe.ExpectMsg(21);
        Assert.Same(Probe.Ref, Probe.LastSender);
    }

    [Fact]
    public async Task A_piped_failure_becomes_a_status_failure_or_what_the_caller_makes_of_it()
    {
        var cause = new InvalidOperationException("no");
        await Task.FromException<int>(cause).PipeTo(Probe.Ref);
        Assert.Same(cause, Probe.ExpectMsg<Status.Failure>().Cause);
        await Task.FromException(cause).PipeTo(Probe.Ref, failure: exception => exception.Message);
        Probe.ExpectMsg("no");
    }
}
