using System.Diagnostics;
using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Tracing;

/// <summary>A member on one node, the user and the room on another: one trace.</summary>
[Collection(nameof(RecordedSpans))]
public sealed class TracedJoinTests : ThreeNodes
{
    [Fact]
    public void A_join_is_one_trace_with_every_actor_and_the_write_in_it()
    {
        using var spans = new RecordedSpans();
        var joe = A.SignIn("joe");
        Cluster.AwaitIdle();
        Assert.Empty(spans.Ended);

        using var command = spans.Begin("CONN");
        Activity.Current = null;
        joe.Connection.CommandSpan = command;
        Assert.StartsWith("303 video ", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Cluster.AwaitIdle();
        command.Stop();

        Assert.All(spans.Ended, s => Assert.Equal(command.TraceId, s.TraceId));
        Assert.Equal(
        [
            "CONN",
            "  ask Connect",
            "    ForwarderActor Joined",
            "    MediaPortActor Connect",
            "    RoomActor Join, from another node",
            "      journal append",
            "    UserActor Enter, from another node",
        ], Tree(spans.Ended, default, ""));
    }

    [Fact]
    public void What_the_cluster_does_for_itself_is_nobodys_trace()
    {
        using var spans = new RecordedSpans();
        A.Enter("joe");
        B.Enter("alice");
        Cluster.Advance(30);
        Assert.Empty(spans.Ended);
    }

    private static IEnumerable<string> Tree(IReadOnlyList<Activity> spans, ActivitySpanId parent, string indent) =>
        from span in spans
        where span.ParentSpanId == parent
        orderby span.OperationName
        from line in (string[])[$"{indent}{span.OperationName}{(span.HasRemoteParent ? ", from another node" : "")}", .. Tree(spans, span.SpanId, indent + "  ")]
        select line;
}
