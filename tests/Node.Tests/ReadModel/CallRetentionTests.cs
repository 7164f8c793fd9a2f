using System.Threading.Channels;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Node.ReadModel;
using Conference.Node.Tests.Support;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.Extensions.Logging.Abstractions;

namespace Conference.Node.Tests.ReadModel;

public sealed class CallRetentionTests : IAsyncDisposable
{
    private static readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime _time = new(_start);
    private readonly FakeRecords _records = new();
    private readonly CallRetention _week;

    private readonly DomainTable _domains = new(new ServedHosts([], []));

    public CallRetentionTests() => _week = new CallRetention(TimeSpan.FromDays(7), _domains, _records, _time, NullLogger<CallRetention>.Instance);

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
    public async Task Without_a_limit_nothing_is_deleted_but_where_a_domain_has_one()
    {
        var (acme, globex) = (Domain.Parse("acme.example"), Domain.Parse("globex.example"));
        using var forEver = new CallRetention(null, _domains, _records, _time, NullLogger<CallRetention>.Instance);
        await forEver.StartAsync(TestContext.Current.CancellationToken);
        await _time.TimerMade.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        // The first hour passes before a domain says anything: what is seen first is of the second.
        _time.Advance(TimeSpan.FromMinutes(10));
        _domains.Take(new DomainRecord(acme, DomainStanding.Open, new DomainRules(KeepDays: 1), 1));
        _domains.Take(new DomainRecord(globex, DomainStanding.Open, DomainRules.None, 1));
        Assert.Equal(_start.AddDays(-1).AddMinutes(70), await AfterAsync(TimeSpan.FromHours(1)));
        Assert.Equal([acme], _records.Domains!.Named);
        Assert.False(_records.Domains.IsAllBut);
        Assert.False(_records.Deletions.TryRead(out _));
        await forEver.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_domain_has_its_own_limit_and_the_others_that_of_all()
    {
        var acme = Domain.Parse("acme.example");
        _domains.Take(new DomainRecord(acme, DomainStanding.Open, new DomainRules(KeepDays: 30), 1));
        await StartAsync();
        Assert.Equal(_start.AddDays(-30).AddMinutes(10), await AfterAsync(TimeSpan.FromMinutes(10)));
        Assert.Equal(_start.AddDays(-7).AddMinutes(10), await AfterAsync(TimeSpan.Zero));
        Assert.Equal([acme], _records.Domains!.Named);
        Assert.True(_records.Domains.IsAllBut);
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

        /// <summary>Of the last deletion.</summary>
        public DomainChoice? Domains { get; private set; }

        public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken = default)
        {
            Domains = domains;
            _deletions.Writer.TryWrite(time);
            return IsAway ? throw new StoreUnavailableException("away") : Task.FromResult(1);
        }
    }
}
