using System.Threading.Channels;
using Conference.Actors.Calls;
using Conference.Node.ReadModel;
using Conference.Node.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Node.Tests.ReadModel;

public sealed class CallRetentionTests : IAsyncDisposable
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new(_start);
    private readonly FakeRecords _records = new();
    private readonly CallRetention _week;

    public CallRetentionTests() => _week = new CallRetention(TimeSpan.FromDays(7), _records, _time, NullLogger<CallRetention>.Instance);

    public async ValueTask DisposeAsync()
    {
        await _week.StopAsync(CancellationToken.None);
        _week.Dispose();
    }

    [Fact]
    public async Task Records_older_than_so_many_days_go_ten_minutes_after_the_start_and_every_hour()
    {
        await StartAsync();
        Assert.Equal(_start.AddDays(-7).AddMinutes(10), await AfterAsync(TimeSpan.FromMinutes(10)));
        Assert.Equal(_start.AddDays(-7).AddMinutes(70), await AfterAsync(TimeSpan.FromHours(1)));
        _records.IsAway = true;
        Assert.Equal(_start.AddDays(-7).AddMinutes(130), await AfterAsync(TimeSpan.FromHours(1)));
        _records.IsAway = false;
        Assert.Equal(_start.AddDays(-7).AddMinutes(190), await AfterAsync(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_deletes_nothing_early()
    {
        await StartAsync();
        _time.SetClock(TimeSpan.FromDays(365));
        Assert.Equal(_start.AddDays(-7).AddMinutes(10), await AfterAsync(TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task Nor_does_one_that_was_wrong_at_start_and_is_put_right()
    {
        _time.SetClock(TimeSpan.FromDays(365));
        await StartAsync();
        _time.SetClock(TimeSpan.FromDays(-365));
        Assert.Equal(_start.AddDays(-7).AddMinutes(10), await AfterAsync(TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task Without_a_limit_nothing_is_ever_deleted()
    {
        using var forEver = new CallRetention(null, _records, _time, NullLogger<CallRetention>.Instance);
        await forEver.StartAsync(TestContext.Current.CancellationToken);
        await forEver.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.False(_records.Deletions.TryRead(out _));
    }

    private async Task StartAsync()
    {
        await _week.StartAsync(TestContext.Current.CancellationToken);
        await _time.TimerMade.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Before when what ended was deleted, as much later.</summary>
    private async Task<DateTimeOffset> AfterAsync(TimeSpan later)
    {
        _time.Advance(later);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await _records.Deletions.ReadAsync(limit.Token);
    }

    private sealed class FakeRecords : ICallRecords
    {
        private readonly Channel<DateTimeOffset> _deletions = Channel.CreateUnbounded<DateTimeOffset>();

        public ChannelReader<DateTimeOffset> Deletions => _deletions.Reader;

        public bool IsAway { get; set; }

        public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, CancellationToken cancellationToken = default)
        {
            _deletions.Writer.TryWrite(time);
            return IsAway ? throw new StoreUnavailableException("away") : Task.FromResult(1);
        }
    }
}
