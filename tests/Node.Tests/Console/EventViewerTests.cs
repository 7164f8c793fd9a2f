using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Conference.Node.Statistics;
using Conference.Node.Console.Events;
using Conference.Node.Metrics;
using Conference.Node.Tests.Support;
using Prometheus;

namespace Conference.Node.Tests.Console;

public sealed class EventViewerTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly EventFrames _frames = new();
    private readonly StatisticsHistory _history = new();
    private readonly CollectorRegistry _metrics = new();
    private readonly VirtualTime _time = new();
    private readonly CancellationTokenSource _gone = new();

    // Whoever writes waits from the first byte on: a reader that has not read is seen at once.
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));

    [Fact]
    public async Task First_the_history_then_a_whole_state_then_what_changes()
    {
        Publish(1);
        var viewing = View();

        Assert.StartsWith("event: history\ndata: {\"step\":5000,", await ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("event: state\ndata: {\"value\":1,\"same\":0}", await ReadAsync());
        Publish(2);
        Assert.Equal("event: change\ndata: {\"value\":2}", await ReadAsync());
        Publish(2);
        Assert.Equal("event: change\ndata: {}", await ReadAsync());

        await _gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => viewing);
    }

    [Fact]
    public async Task Who_is_slow_finds_the_newest_state_and_nothing_is_kept_for_it()
    {
        Publish(1);
        _ = View();
        await ReadAsync();
        await ReadAsync();

        Publish(2);
        await IsWrittenAsync();
        Publish(3);
        Publish(4);
        Publish(5);

        Assert.Equal("event: change\ndata: {\"value\":2}", await ReadAsync());
        Assert.Equal("event: state\ndata: {\"value\":5,\"same\":0}", await ReadAsync());
        Publish(6);
        Assert.Equal("event: change\ndata: {\"value\":6}", await ReadAsync());
        Assert.Equal(2, await _metrics.ValueAsync("conference_console_frames_skipped_total"));
    }

    [Fact]
    public async Task Who_takes_nothing_for_thirty_seconds_is_cut_off_and_not_before()
    {
        Publish(1);
        var viewing = View();
        await IsWrittenAsync();
        long began = _time.GetTimestamp();

        // It may not have begun to wait when the clock first moves: its thirty seconds begin when it does.
        var real = TimeProvider.System.GetTimestamp();
        while (!viewing.IsCompleted && TimeProvider.System.GetElapsedTime(real) < _limit)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.False(await viewing.WaitAsync(_limit));
        Assert.True(_time.GetElapsedTime(began) >= EventViewer.Patience);
    }

    [Fact]
    public async Task A_thousand_who_wait_are_all_told_by_one_frame()
    {
        Publish(1);
        var waiting = Enumerable.Range(0, 1000).Select(_ => _frames.NextAsync(1, _gone.Token).AsTask()).ToArray();
        Assert.DoesNotContain(waiting, w => w.IsCompleted);

        Publish(2);

        var frames = await Task.WhenAll(waiting).WaitAsync(_limit);
        Assert.Same(frames[0], Assert.Single(frames.Distinct()));
    }

    [Fact]
    public void Beyond_the_most_nobody_enters_until_one_has_left()
    {
        Assert.True(_frames.TryEnter(2));
        Assert.True(_frames.TryEnter(2));
        Assert.False(_frames.TryEnter(2));
        _frames.Leave();
        Assert.True(_frames.TryEnter(2));
        Assert.Equal(2, _frames.Viewers);
    }

    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    private void Publish(int value) => _frames.Publish(new JsonObject { ["value"] = value, ["same"] = 0 }, _history);

    private Task<bool> View() =>
        new EventViewer(_frames, _pipe.Writer, new ConsoleMetrics(MetricsServices.CreateFactory(_metrics), () => _frames.Viewers), _time).RunAsync(_gone.Token);

    /// <summary>Something lies there, and is left where it is.</summary>
    private async Task IsWrittenAsync()
    {
        var result = await _pipe.Reader.ReadAsync().AsTask().WaitAsync(_limit);
        _pipe.Reader.AdvanceTo(result.Buffer.Start);
    }

    private async Task<string> ReadAsync()
    {
        while (true)
        {
            var result = await _pipe.Reader.ReadAsync().AsTask().WaitAsync(_limit);
            string text = Encoding.UTF8.GetString(result.Buffer);
            int end = text.IndexOf("\n\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                _pipe.Reader.AdvanceTo(result.Buffer.GetPosition(Encoding.UTF8.GetByteCount(text[..(end + 2)])));
                return text[..end];
            }

            _pipe.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
