using System.IO.Pipelines;
using System.Net;
using Akka.TestKit.Xunit;
using Conference.Actors.Sessions;
using Conference.Node.Metrics;
using Conference.Node.Qcvc;
using Conference.Node.Tests.Support;
using Conference.Protocol.Replies;
using Microsoft.AspNetCore.Connections;
using Prometheus;

namespace Conference.Node.Tests.Qcvc;

/// <summary>A connection ends, whatever state its last flush is in.</summary>
public sealed class QcvcConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly CollectorRegistry _registry = new();
    private readonly CommandMetrics _metrics;
    private readonly TestKit _kit = new();
    private readonly Pipe _input = new();
    private readonly StubbornWriter _output = new();
    private readonly DefaultConnectionContext _transport = new() { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1) };
    private readonly QcvcConnection _connection;

    public QcvcConnectionTests()
    {
        _metrics = new CommandMetrics(MetricsServices.CreateFactory(_registry));
        _connection = new QcvcConnection(new Duplex(_input.Reader, _output), _transport.Abort, IPAddress.Loopback, default, _metrics);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _kit.Dispose();
        await _transport.DisposeAsync();
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(System.Security.Authentication.AuthenticationException))]
    public async Task A_flush_that_fails_in_whatever_way_ends_the_connection_and_nothing_is_written_after_it(Type failure)
    {
        var session = _kit.CreateTestProbe();
        var run = _connection.RunAsync(session.Ref);
        _connection.Write(Reply.Ok, unasked: false);
        _output.Flush.SetException((Exception)Activator.CreateInstance(failure)!);
        _connection.Write(Reply.Ok, unasked: false);
        _connection.Close();

        Assert.False(await run.WaitAsync(_patience));
        session.ExpectMsg<SessionCommands.Disconnected>();
        _connection.Write(Reply.Ok, unasked: false);
        Assert.Equal(1, _output.Lines);
    }

    [Fact]
    public async Task What_was_written_before_the_close_is_flushed_first()
    {
        var session = _kit.CreateTestProbe();
        var run = _connection.RunAsync(session.Ref);
        _connection.Write(Reply.Ok, unasked: false);
        _connection.Write(Reply.Closing("quit"), unasked: false);
        _connection.Close();
        Assert.False(run.IsCompleted);
        _output.Flush.SetResult(default);

        Assert.False(await run.WaitAsync(_patience));
        Assert.Equal(2, _output.Flushes);
    }

    [Fact]
    public async Task What_was_neither_answered_nor_read_is_no_longer_counted_once_the_connection_is_over()
    {
        var session = _kit.CreateTestProbe();
        var connection = new QcvcConnection(new Duplex(_input.Reader, _output), _transport.Abort, IPAddress.Loopback, default, _metrics);
        var run = connection.RunAsync(session.Ref);
        await _input.Writer.WriteAsync("NOOP\r\nNOOP\r\n"u8.ToArray());
        session.ReceiveN(2);
        connection.Write(Reply.Ok, unasked: false);
        connection.Write(Reply.Ok, unasked: false);
        connection.Answered(Conference.Protocol.Commands.Verb.Noop, 200);
        Assert.Equal(1, await _registry.ValueAsync("conference_commands_in_flight"));
        Assert.NotEqual(0, await _registry.ValueAsync("conference_session_unsent_bytes"));

        _output.Flush.SetException(new IOException());
        connection.Close();
        await run.WaitAsync(_patience);
        connection.Dispose();
        Assert.Equal(0, await _registry.ValueAsync("conference_commands_in_flight"));
        Assert.Equal(0, await _registry.ValueAsync("conference_session_unsent_bytes"));
    }

    [Fact]
    public async Task A_client_that_is_gone_and_a_session_that_closes_at_the_same_time_end_it_once()
    {
        for (int i = 0; i < 500; i++)
        {
            var input = new Pipe();
            var connection = new QcvcConnection(new Duplex(input.Reader, new StubbornWriter()), _transport.Abort, IPAddress.Loopback, default, _metrics);
            var session = _kit.CreateTestProbe();
            var run = Task.Run(async () =>
            {
                using (connection)
                    return await connection.RunAsync(session.Ref);
            });
            await input.Writer.CompleteAsync();
            var close = Task.Run(() => connection.Close());

            Assert.False(await run.WaitAsync(_patience));
            await close.WaitAsync(_patience);
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>The first flush takes until the test says so; the others nothing.</summary>
    private sealed class StubbornWriter : PipeWriter
    {
        private readonly byte[] _buffer = new byte[65_536];

        public TaskCompletionSource<FlushResult> Flush { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Flushes { get; private set; }

        public int Lines { get; private set; }

        public override void Advance(int bytes) => Lines++;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            Flushes++ == 0 ? new ValueTask<FlushResult>(Flush.Task) : default;

        public override void CancelPendingFlush() => throw new NotSupportedException();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();
    }
}
