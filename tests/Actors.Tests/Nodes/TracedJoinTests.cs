using System.Diagnostics;
using Conference.Actors.Rooms;
using Conference.Actors.Tests.Nodes.Harness;
using Conference.Actors.Tests.Tracing;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Nodes;

/// <summary>A member on one node, the user and the room on another: one trace.</summary>
[Collection(nameof(SeveralNodes))]
public sealed class TracedJoinTests(SharedNodes nodes) : ThreeNodes(nodes)
{
    [Fact]
    public void A_join_is_one_trace_with_every_actor_and_the_write_in_it()
    {
        using var spans = new RecordedSpans();
        var joe = SignIn(A, "joe");
        // What is slow only the first time: a question that is not answered within 0.3 s is asked again, and in the tree twice.
        joe.Ask(Video(Of("other")));
        Cluster.Settle();
        Assert.Empty(spans.Ended);

        using var command = spans.Begin("CONN");
        Activity.Current = null;
        joe.Connection.CommandSpan = command;
        Assert.StartsWith("303 video ", joe.Ask(Video(Standup)), StringComparison.Ordinal);
        Cluster.Settle();
        joe.Connection.CommandSpan = null;
        command.Stop();

        Assert.All(spans.Ended, s => Assert.Equal(command.TraceId, s.TraceId));
        Assert.Equal(
        [
            "CONN",
            "  ask Connect",
            "    MediaPortActor Connect",
            "      ask Enter",
            "        UserActor Enter, from another node",
            "          RoomActor Join",
            "            ForwarderActor Joined, from another node",
            "            journal append",
        ], Tree(spans.Ended, default, "").Distinct());
    }

    [Fact]
    public void What_follows_a_command_is_in_nobodys_trace_and_in_no_other_commands()
    {
        var joe = Enter(A, "joe");
        var alice = Enter(B, "alice");
        Quiet(joe, alice);
        using var spans = new RecordedSpans();
        using var first = spans.Begin("LIST");
        Activity.Current = null;
        joe.Connection.CommandSpan = first;
        Assert.Equal([Of("joe"), Of("alice")], List(joe));
        joe.Connection.CommandSpan = null;
        first.Stop();
        // Whatever the same actors do next has no trace.
        joe.Say("SEND chat hello");
        Assert.Equal("203 chat hello", alice.Read());
        Assert.Equal("304 video disconnected", alice.Ask($"DCON video {Standup}@example.org"));
        Assert.Equal(Left(Of("alice")), joe.Read());
        Enter(B, "bob");
        Cluster.Skip(12);
        Quiet(joe);
        Assert.Equal(
        [
            "LIST",
            "  ask ListMembers",
            "    RoomActor ListMembers, from another node",
        ], Tree(spans.Ended, default, ""));

        // And the next command has one of its own.
        using var second = spans.Begin("STAT");
        Activity.Current = null;
        joe.Connection.CommandSpan = second;
        Assert.Equal("202 online", joe.Ask($"STAT {Standup}@example.org"));
        joe.Connection.CommandSpan = null;
        second.Stop();
        Cluster.Settle();
        Assert.All(spans.Ended.SkipWhile(s => s.TraceId == first.TraceId), s => Assert.Equal(second.TraceId, s.TraceId));
        Assert.Equal(3, spans.Ended.Count(s => s.TraceId == first.TraceId));
    }

    [Fact]
    public void What_the_cluster_does_for_itself_is_nobodys_trace()
    {
        using var spans = new RecordedSpans();
        Enter(A, "joe");
        Enter(B, "alice");
        Cluster.Skip(30);
        Assert.Empty(spans.Ended);
    }

    [Fact]
    public async Task A_question_asked_again_is_one_question_in_one_trace()
    {
        Enter(A, "joe");
        Cluster.Settle();
        using var spans = new RecordedSpans();
        using var root = spans.Begin();
        int left = 1;
        Cluster.Wire.Carries = m => m is not { From: "c", To: "a" } || Interlocked.Decrement(ref left) < 0;
        var presence = await A.Rooms.AskEntityAsync<RoomPresence>(new RoomQueries.Find(Room), TestNode.Patience);
        Assert.True(presence.IsOpen);
        Cluster.Settle();
        var ask = spans["ask Find"];
        Assert.Equal(root.SpanId, ask.ParentSpanId);
        Assert.All(
            spans.Ended.Where(s => s.OperationName == "RoomActor Find"), s => Assert.Equal((root.TraceId, ask.SpanId), (s.TraceId, s.ParentSpanId)));
        Assert.InRange(spans.Ended.Count(s => s.OperationName == "RoomActor Find"), 2, 3);
    }

    private static IEnumerable<string> Tree(IReadOnlyList<Activity> spans, ActivitySpanId parent, string indent) =>
        from span in spans
        where span.ParentSpanId == parent
        orderby span.OperationName
        from line in (string[])[$"{indent}{span.OperationName}{(span.HasRemoteParent ? ", from another node" : "")}", .. Tree(spans, span.SpanId, indent + "  ")]
        select line;
}
