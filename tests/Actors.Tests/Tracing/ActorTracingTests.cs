using System.Diagnostics;
using Akka.Actor;
using Conference.Actors.Tracing;

namespace Conference.Actors.Tests.Tracing;

/// <summary>A trace goes where a question goes, and nowhere else.</summary>
[Collection(nameof(RecordedSpans))]
public sealed class ActorTracingTests : IAsyncLifetime
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly Support.Conference _conference = new();

    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public async Task Who_answers_a_traced_question_does_so_in_a_child_of_it()
    {
        using var spans = new RecordedSpans();
        var actor = Start((self, message) => self.Tell($"re: {message}"));
        using var root = spans.Begin();
        Assert.Equal("re: hello", await actor.AskTracedAsync<string>("hello", _deadline, TestEnds));
        _conference.AwaitIdle();

        Assert.Same(root, Activity.Current);
        var (ask, handling) = (spans["ask String"], spans["FunActor String"]);
        Assert.Equal((root.SpanId, ActivityKind.Client), (ask.ParentSpanId, ask.Kind));
        Assert.Equal((ask.SpanId, ActivityKind.Internal), (handling.ParentSpanId, handling.Kind));
        Assert.Equal(root.TraceId, handling.TraceId);
    }

    [Fact]
    public async Task A_question_that_is_passed_on_takes_its_trace_along()
    {
        using var spans = new RecordedSpans();
        var last = Start((asker, _) => asker.Tell("done"));
        var first = Start((_, message) => last.ForwardTraced(message));
        using var root = spans.Begin();
        await first.AskTracedAsync<string>("?", _deadline, TestEnds);
        _conference.AwaitIdle();

        var handled = spans.Ended.Where(s => s.OperationName == "FunActor String").OrderBy(s => s.StartTimeUtc).ToArray();
        Assert.Equal(2, handled.Length);
        Assert.Equal((spans["ask String"].SpanId, handled[0].SpanId), (handled[0].ParentSpanId, handled[1].ParentSpanId));
    }

    [Fact]
    public async Task Nothing_leads_from_one_message_to_the_next()
    {
        using var spans = new RecordedSpans();
        var seen = new List<(object Message, Activity? Current)>();
        var actor = Start((asker, message) =>
        {
            seen.Add((message, Activity.Current));
            asker.Tell("re");
            seen.Add((message, Activity.Current));
        });
        actor.Tell("before", ActorRefs.NoSender);
        using (spans.Begin())
            await actor.AskTracedAsync<string>(1, _deadline, TestEnds);
        actor.Tell("after", ActorRefs.NoSender);
        _conference.AwaitIdle();

        Assert.Equal(6, seen.Count);
        Assert.All(seen, s => Assert.Equal(s.Message is int, s.Current is not null));
    }

    [Fact]
    public async Task A_question_that_fails_and_one_that_nobody_answers_say_so_by_kind_alone()
    {
        using var spans = new RecordedSpans();
        var failing = Start((asker, _) => asker.Tell(Unavailable.Instance));
        var silent = Start((_, _) => { });
        using (spans.Begin())
        {
            await Assert.ThrowsAsync<UnavailableException>(() => failing.AskTracedAsync<string>("joe's secret", _deadline, TestEnds));
            await Assert.ThrowsAsync<AskTimeoutException>(() => silent.AskTracedAsync<string>(1, TimeSpan.FromSeconds(0.1), TestEnds));
        }

        Assert.Equal(typeof(UnavailableException).FullName, spans["ask String"].GetTagItem("error.type"));
        Assert.Equal(typeof(AskTimeoutException).FullName, spans["ask Int32"].GetTagItem("error.type"));
        Assert.All((Activity[])[spans["ask String"], spans["ask Int32"]], s => Assert.Equal(ActivityStatusCode.Error, s.Status));
        Assert.All(spans.Ended, s => Assert.DoesNotContain(s.TagObjects, t => $"{t.Value}".Contains("joe", StringComparison.Ordinal)));
        Assert.All(spans.Ended, s => Assert.Null(s.StatusDescription));
    }

    [Fact]
    public async Task What_is_asked_outside_of_a_trace_or_in_one_that_is_not_recorded_has_no_span()
    {
        using var spans = new RecordedSpans(ActivitySamplingResult.PropagationData);
        var seen = new List<Activity?>();
        var actor = Start((asker, _) =>
        {
            seen.Add(Activity.Current);
            asker.Tell("re");
        });
        await actor.AskTracedAsync<string>("?", _deadline, TestEnds);
        using (spans.Begin())
            await actor.AskTracedAsync<string>("?", _deadline, TestEnds);
        // As a web server makes one for itself, recorded because its caller's is.
        using (var unheard = new Activity("request").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded).Start())
            await actor.AskTracedAsync<string>("?", _deadline, TestEnds);
        _conference.AwaitIdle();

        Assert.Equal([null, null, null], seen);
        Assert.DoesNotContain(spans.Ended, s => s.OperationName != "root");
    }

    [Fact]
    public void Where_nobody_follows_a_message_is_told_as_it_is()
    {
        Assert.Equal("hello", Traced.Wrap("hello"));
        using var spans = new RecordedSpans();
        Assert.Equal("hello", Traced.Wrap("hello"));
        using var root = spans.Begin();
        var wrapped = Assert.IsType<Traced>(Traced.Wrap("hello"));
        Assert.Equal(root.SpanId, wrapped.Parent.SpanId);
        Assert.Equal("hello", Traced.Unwrap(wrapped));
        Assert.DoesNotContain("hello", wrapped.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_join_is_one_trace_with_every_actor_and_the_write_in_it()
    {
        using var spans = new RecordedSpans();
        var joe = _conference.SignIn("joe");
        _conference.AwaitIdle();
        Assert.Empty(spans.Ended);

        using var command = spans.Begin("CONN");
        Activity.Current = null;
        joe.Connection.CommandSpan = command;
        Assert.StartsWith("303 video ", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        _conference.AwaitIdle();
        command.Stop();

        _conference.Until(() => spans.Ended.Any(s => s.OperationName == "ask Enter"), "every question has ended");
        Assert.All(spans.Ended, s => Assert.Equal(command.TraceId, s.TraceId));
        Assert.Equal(
        [
            "CONN",
            "  ask Connect",
            "    MediaPortActor Connect",
            "      ask Enter",
            "        UserActor Enter",
            "          RoomActor Join",
            "            ForwarderActor Joined",
            "            journal append",
        ], Tree(spans.Ended, default, ""));
    }

    [Fact]
    public void What_a_node_does_for_itself_is_nobodys_trace()
    {
        using var spans = new RecordedSpans();
        _conference.SignIn("joe").Ask("CONN video standup@example.org");
        _conference.SignIn("alice").Ask("CONN video standup@example.org");
        _conference.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(spans.Ended);
    }

    private static IEnumerable<string> Tree(IReadOnlyList<Activity> spans, ActivitySpanId parent, string indent) =>
        from span in spans
        where span.ParentSpanId == parent
        orderby span.OperationName
        from line in (string[])[$"{indent}{span.OperationName}{(span.HasRemoteParent ? ", from another node" : "")}", .. Tree(spans, span.SpanId, indent + "  ")]
        select line;

    private IActorRef Start(Action<IActorRef, object> handle) => _conference.Sys.ActorOf(Props.Create(() => new FunActor(handle)));

    /// <summary>Does what the test says, with the asker and what was told.</summary>
    private sealed class FunActor : TracedActor
    {
        public FunActor(Action<IActorRef, object> handle) => ReceiveAny(message => handle(Sender, message));
    }
}
