using System.Diagnostics;
using Conference.Actors.Runtime;
using Conference.Actors.Tests.Runtime;

namespace Conference.Actors.Tests.Tracing;

[Collection(nameof(RecordedSpans))]
public sealed class ActorTracingTests : ActorTest
{
    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_answers_a_traced_question_does_so_in_a_child_of_it()
    {
        using var spans = new RecordedSpans();
        var actor = Start((self, message) => self.Sender.Tell($"re: {message}"));
        using var root = spans.Begin();
        await actor.Ask<string>("hello", Seconds(1), TestEnds);
        Kit.AwaitIdle();

        Assert.Same(root, Activity.Current);
        var (ask, handling) = (spans["ask String"], spans["FunActor String"]);
        Assert.Equal((root.SpanId, ActivityKind.Client), (ask.ParentSpanId, ask.Kind));
        Assert.Equal((ask.SpanId, ActivityKind.Internal), (handling.ParentSpanId, handling.Kind));
        Assert.Equal(root.TraceId, handling.TraceId);
    }

    [Fact]
    public async Task A_question_that_is_forwarded_or_stashed_takes_its_trace_along()
    {
        using var spans = new RecordedSpans();
        bool isReady = false;
        var last = Start((self, message) =>
        {
            if (message is "ready")
            {
                isReady = true;
                self.Stash.UnstashAll();
            }
            else if (isReady)
                self.Sender.Tell("done");
            else
                self.Stash.Stash();
        });
        var first = Start((_, message) => last.Forward(message));
        using var root = spans.Begin();
        var answer = first.Ask<string>(1, Seconds(1), TestEnds);
        Kit.AwaitIdle();
        last.Tell("ready", ActorRefs.NoSender);
        await answer;
        Kit.AwaitIdle();

        var handled = spans.Ended.Where(s => s.OperationName == "FunActor Int32").ToArray();
        Assert.Equal(3, handled.Length);
        Assert.All(handled, s => Assert.Equal(spans["ask Int32"].SpanId, s.ParentSpanId));
        Assert.DoesNotContain(spans.Ended, s => s.OperationName == "FunActor String");
    }

    [Fact]
    public async Task A_span_lasts_as_long_as_its_task_and_is_gone_with_it()
    {
        using var spans = new RecordedSpans();
        var atHome = new TaskCompletionSource();
        var seen = new List<Activity?>();
        var actor = Start((self, message) =>
        {
            seen.Add(Activity.Current);
            if (message is not "slow")
                return;
            var asker = self.Sender;
            self.RunTask(async () =>
            {
                await atHome.Task;
                seen.Add(Activity.Current);
                asker.Tell("done");
            });
        });
        using var root = spans.Begin();
        var answer = actor.Ask<string>("slow", Seconds(1), TestEnds);
        actor.Tell("next", ActorRefs.NoSender);
        Kit.AwaitIdle();
        Assert.Empty(spans.Ended);
        atHome.SetResult();
        await answer;
        Kit.AwaitIdle();

        var handling = spans["FunActor String"];
        Assert.Equal([handling, handling, null], seen);
        Assert.True(handling.IsStopped);
    }

    [Fact]
    public async Task Who_is_woken_by_a_traced_message_and_runs_on_its_thread_while_its_task_waits_is_not_in_its_span()
    {
        using var spans = new RecordedSpans();
        var goOn = new TaskCompletionSource();
        var seen = new TaskCompletionSource<Activity?>();
        var woken = Start((_, _) => seen.SetResult(Activity.Current));
        var actor = Start((self, _) =>
        {
            var asker = self.Sender;
            woken.Tell("up", ActorRefs.NoSender);
            self.RunTask(async () =>
            {
                await goOn.Task;
                asker.Tell("done");
            });
        });
        using var root = spans.Begin();
        var answer = actor.Ask<string>("slow", Seconds(1), TestEnds);
        Assert.Null(await seen.Task);
        goOn.SetResult();
        await answer;
    }

    [Fact]
    public async Task Nothing_leads_from_one_message_to_the_next()
    {
        using var spans = new RecordedSpans();
        using var isHeld = new ManualResetEventSlim();
        var seen = new List<(object Message, Activity? Current)>();
        var actor = Start((self, message) =>
        {
            isHeld.Wait(TestEnds);
            seen.Add((message, Activity.Current));
            // An answer ends the span of the asker, who is somewhere else.
            self.Sender.Tell("re");
            seen.Add((message, Activity.Current));
        });
        actor.Tell("before", Probe.Ref);
        Task<string> answer;
        using (spans.Begin())
            answer = actor.Ask<string>(1, Seconds(1), TestEnds);
        actor.Tell("after", Probe.Ref);
        isHeld.Set();
        await answer;
        Kit.AwaitIdle();

        Assert.All(seen, s => Assert.Equal(s.Message is int, s.Current is not null));
        Assert.All(seen.Where(s => s.Message is int), s => Assert.Same(spans["FunActor Int32"], s.Current));
        Assert.Equal(6, seen.Count);
    }

    [Fact]
    public async Task Who_answers_from_outside_keeps_its_own_span()
    {
        using var spans = new RecordedSpans();
        Task<string> answer;
        using (spans.Begin("asker"))
            answer = Probe.Ref.Ask<string>("?", Seconds(1), TestEnds);
        Probe.ExpectMsg("?");
        using var own = spans.Begin("answering");
        Probe.Reply("!");
        await answer;

        Assert.Same(own, Activity.Current);
        Assert.Equal(ActivityStatusCode.Unset, spans["ask String"].Status);
    }

    [Fact]
    public async Task A_question_that_fails_and_one_that_nobody_answers_say_so_by_kind_alone()
    {
        using var spans = new RecordedSpans();
        var failing = Start((self, _) =>
        {
            self.Sender.Tell(new Status.Failure(new IOException("joe's secret")));
            throw new InvalidOperationException("joe's secret");
        });
        using (spans.Begin())
        {
            await Assert.ThrowsAsync<IOException>(() => failing.Ask<string>("?", Seconds(1), TestEnds));
            Kit.AwaitIdle();
            var unanswered = Probe.Ref.Ask<string>(1, Seconds(1), TestEnds);
            Kit.Advance(Seconds(1));
            await Assert.ThrowsAsync<AskTimeoutException>(() => unanswered);
        }

        Assert.Equal(typeof(IOException).FullName, spans["ask String"].GetTagItem("error.type"));
        Assert.Equal(typeof(InvalidOperationException).FullName, spans["FunActor String"].GetTagItem("error.type"));
        Assert.Equal(typeof(AskTimeoutException).FullName, spans["ask Int32"].GetTagItem("error.type"));
        Assert.All(spans.Ended.SkipLast(1), s => Assert.Equal(ActivityStatusCode.Error, s.Status));
        Assert.All(spans.Ended, s => Assert.DoesNotContain(s.TagObjects, t => $"{t.Value}".Contains("joe", StringComparison.Ordinal)));
        Assert.All(spans.Ended, s => Assert.Null(s.StatusDescription));
    }

    [Fact]
    public async Task What_is_asked_outside_of_a_trace_or_in_one_that_is_not_recorded_has_no_span()
    {
        using var spans = new RecordedSpans(ActivitySamplingResult.PropagationData);
        var seen = new List<Activity?>();
        var actor = Start((self, _) =>
        {
            seen.Add(Activity.Current);
            self.Sender.Tell("re");
        });
        await actor.Ask<string>("?", Seconds(1), TestEnds);
        using (spans.Begin())
            await actor.Ask<string>("?", Seconds(1), TestEnds);
        // As a web server makes one for itself, recorded because its caller's is.
        using (var unheard = new Activity("request").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start())
            await actor.Ask<string>("?", Seconds(1), TestEnds);
        Kit.AwaitIdle();

        Assert.Equal([null, null, null], seen);
        Assert.DoesNotContain(spans.Ended, s => s.OperationName != "root");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_nobody_follows_a_message_costs_no_memory(bool isListenedTo)
    {
        const int messages = 60;
        using var spans = isListenedTo ? new RecordedSpans() : null;
        using var isHeld = new ManualResetEventSlim();
        using var isOver = new ManualResetEventSlim();
        var allocated = new long[messages];
        int handled = 0;
        var actor = Start((_, _) =>
        {
            isHeld.Wait(TestEnds);
            allocated[handled++] = GC.GetAllocatedBytesForCurrentThread();
            if (handled == messages)
                isOver.Set();
        });
        var asker = Probe.Ref.Ask<string>("?", Seconds(1), TestEnds);
        Probe.ExpectMsg("?");
        for (int i = 0; i < messages; i++)
            actor.Tell("in the name of a question", Probe.LastSender);
        isHeld.Set();
        Assert.True(Wait(isOver));

        // All in one turn, so between two of them stands nothing but what the kernel does about a message.
        Assert.Equal(allocated[1], allocated[^1]);
        Probe.Reply("over");
        Assert.True(asker.IsCompletedSuccessfully);
    }
}
