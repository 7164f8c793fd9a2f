using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Akka.TestKit.Xunit;
using Conference.Node.Metrics;
using Conference.Node.Qcvc;
using Conference.Node.Tracing;
using Conference.Protocol.Commands;
using Microsoft.AspNetCore.Connections;
using Prometheus;

namespace Conference.Node.Tests.Tracing;

/// <summary>Every command and every changing call begins a trace, or goes on with its caller's.</summary>
[Collection(nameof(TracedHere))]
public sealed class NodeTracingTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly TestKit _kit = new();
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly DefaultConnectionContext _transport = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _kit.Dispose();
        await _transport.DisposeAsync();
    }

    [Fact]
    public async Task A_command_is_a_root_of_its_own_from_its_line_to_its_answer()
    {
        using var traced = new TracedHere();
        using var connection = Connect();
        var session = _kit.CreateTestProbe();
        var run = connection.RunAsync(session.Ref);
        await _input.Writer.WriteAsync("CONN video joe@example.org\r\nSEND chat hello\r\nwhat?\r\nNOOP\r\n"u8.ToArray());
        session.ReceiveN(4);

        var first = connection.CommandSpan;
        Assert.Equal("CONN", first?.OperationName);
        connection.Answered(Verb.Conn, 303);
        Assert.Equal("SEND", connection.CommandSpan?.OperationName);
        connection.Answered(Verb.Send, 0);
        connection.Answered(Verb.Unknown, 500);
        Assert.Null(Activity.Current);
        connection.Close();
        await run.WaitAsync(_patience);
        connection.Dispose();

        Assert.Equal(["CONN", "SEND", "UNKNOWN", "NOOP"], traced.Ended.Select(s => s.OperationName));
        Assert.Equal(["303", null, "500", null], traced.Ended.Select(s => s.GetTagItem("rpc.response.status_code")));
        Assert.Equal(4, traced.Ended.DistinctBy(s => s.TraceId).Count());
        Assert.All(traced.Ended, s => Assert.Equal((ActivityKind.Server, default), (s.Kind, s.ParentSpanId)));
        Assert.All(traced.Ended.SelectMany(s => s.TagObjects), tag => Assert.DoesNotMatch("joe|example|hello|127", $"{tag.Value}"));
        Assert.Null(connection.CommandSpan);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ActivitySamplingResult.PropagationData)]
    public async Task Where_nobody_follows_a_command_has_no_span(ActivitySamplingResult? sampling)
    {
        using var traced = sampling is { } how ? new TracedHere(how) : null;
        using var connection = Connect();
        var session = _kit.CreateTestProbe();
        var run = connection.RunAsync(session.Ref);
        await _input.Writer.WriteAsync("NOOP\r\n"u8.ToArray());
        session.ReceiveN(1);
        Assert.Null(connection.CommandSpan);
        connection.Answered(Verb.Noop, 200);
        connection.Close();
        await run.WaitAsync(_patience);
    }

    private QcvcConnection Connect() =>
        new(new Duplex(_input.Reader, _output.Writer), _transport.Abort, IPAddress.Loopback, default, new CommandMetrics(MetricsServices.CreateFactory(new CollectorRegistry())));

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
