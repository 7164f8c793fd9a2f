using System.Diagnostics;
using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Runtime;
using Conference.Actors.TestKit.Cluster;
using Conference.Actors.Tests.Remoting;
using Google.Protobuf;

namespace Conference.Actors.Tests.Tracing;

[Collection(nameof(RecordedSpans))]
public sealed class TracesOverLinksTests : ClusterTest
{
    [Fact]
    public async Task A_question_that_goes_over_two_links_is_one_trace()
    {
        using var spans = new RecordedSpans();
        var a = Join("a");
        var c = JoinWith("c", (self, message) => self.Sender.Tell($"c heard {message}"));
        TestNode b = null!;
        b = JoinWith("b", (_, message) => Known(c, from: b).Forward(message));
        using var root = spans.Begin();
        await Known(b, from: a).Ask<string>("it", Seconds(1)).WaitAsync(a.Patience);
        Cluster.AwaitIdle();

        var ask = spans["ask String"];
        var handled = spans.Ended.Where(s => s.OperationName == "FunActor String").ToArray();
        Assert.Equal(2, handled.Length);
        Assert.All(handled, s => Assert.Equal((root.TraceId, ask.SpanId, ActivityKind.Server), (s.TraceId, s.ParentSpanId, s.Kind)));
        Assert.All(handled, s => Assert.True(s.HasRemoteParent));
    }

    [Fact]
    public async Task A_node_that_nobody_listens_to_passes_the_trace_on()
    {
        TraceHeard? heard = null;
        var a = Join("a");
        var c = JoinWith("c", (self, message) =>
        {
            heard = new TraceHeard(((RemoteActorRef)self.Sender).Trace?.Context);
            self.Sender.Tell("yes");
        });
        TestNode b = null!;
        Task<string> answer;
        ActivityTraceId traceId;
        using var isHeld = new ManualResetEventSlim();
        b = JoinWith("b", (_, message) =>
        {
            isHeld.Wait(b.Patience);
            Known(c, from: b).Forward(message);
        });
        using (var spans = new RecordedSpans())
        using (var root = spans.Begin())
        {
            traceId = root.TraceId;
            answer = Known(b, from: a).Ask<string>("it", Seconds(1));
        }

        isHeld.Set();
        await answer.WaitAsync(a.Patience);
        Assert.Equal(traceId, heard?.Context?.TraceId);
    }

    [Theory]
    [InlineData("")] // an older release
    [InlineData("0102")]
    [InlineData("0000000000000000000000000000000001010101010101010101")] // a byte too much
    [InlineData("00000000000000000000000000000000010101010101010101")]
    [InlineData("01010101010101010101010101010101000000000000000001")]
    [InlineData("01010101010101010101010101010101010101010101010100")] // not recorded
    public void A_message_without_a_usable_trace_is_a_message(string trace)
    {
        using var spans = new RecordedSpans();
        Activity? current = null;
        var a = Join("a");
        var probe = a.CreateTestProbe();
        var b = JoinWith("b", (_, message) =>
        {
            current = Activity.Current;
            probe.Ref.Tell(message);
        });
        var links = new LastSent();
        var writer = new RemoteActors(a.Sys, a, links, TestMessages.Instance);
        using (spans.Begin())
            _ = writer.RefOf(b.Id, WellKnownActor.Trunks).Ask<string>("hello", Seconds(1));
        var sent = Envelope.Parser.ParseFrom(links.Message);
        Assert.Equal(25, sent.Tell.Trace.Length);
        sent.Tell.Trace = ByteString.CopyFrom(Convert.FromHexString(trace));
        RemoteOf(b).Received(a.Id, sent.ToByteArray());

        probe.ExpectMsg("hello");
        Assert.Null(current);
        Assert.Equal(0, RemoteOf(b).Statistics.Malformed);
    }

    [Fact]
    public void What_belongs_to_no_trace_carries_none()
    {
        var a = Join("a");
        var b = JoinWith("b", (_, _) => { });
        var links = new LastSent();
        _ = new RemoteActors(a.Sys, a, links, TestMessages.Instance).RefOf(b.Id, WellKnownActor.Trunks).Ask<string>("hello", Seconds(1));
        Assert.True(Envelope.Parser.ParseFrom(links.Message).Tell.Trace.IsEmpty);
    }

    private sealed record TraceHeard(ActivityContext? Context);

    private sealed class LastSent : INodeLinks
    {
        public byte[] Message { get; private set; } = [];

        public bool TrySend(NodeId to, ReadOnlySpan<byte> message)
        {
            Message = message.ToArray();
            return true;
        }

        public void Attach(INodeLinkHandler handler)
        {
        }
    }
}
