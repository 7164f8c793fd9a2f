using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Domains;

/// <summary>A domain's ceilings: over what this node holds, and what the others have told.</summary>
public sealed class DomainUseTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example"), _globex = Domain.Parse("globex.example");
    private static readonly NodeId _here = new(Guid.CreateVersion7()), _there = new(Guid.CreateVersion7());

    private readonly DomainTable _table = new(new ServedHosts(["example.org"], []));
    private readonly Clock _clock = new();
    private readonly DomainUse _use;

    public DomainUseTests() => _use = new DomainUse(_table, _clock);

    [Theory]
    [InlineData(Ceiling.Sessions)]
    [InlineData(Ceiling.Rooms)]
    public void A_ceiling_lets_in_so_many_and_another_for_each_that_goes(Ceiling ceiling)
    {
        Put(_acme, new DomainRules(MaxSessions: 2, MaxRooms: 2));
        Assert.True(_use.TryTake(_acme, ceiling));
        Assert.True(_use.TryTake(_acme, ceiling));
        Assert.False(_use.TryTake(_acme, ceiling));
        // Nobody else notices.
        Assert.True(_use.TryTake(_globex, ceiling));
        _use.GiveBack(_acme, ceiling);
        Assert.True(_use.TryTake(_acme, ceiling));
        Assert.Equal(2, _use.Read(_acme).Of(ceiling));
    }

    [Fact]
    public void Joins_count_for_a_minute()
    {
        Put(_acme, new DomainRules(JoinsPerMinute: 2));
        Assert.True(_use.TryTake(_acme, Ceiling.Joins));
        _clock.Skip(30);
        Assert.True(_use.TryTake(_acme, Ceiling.Joins));
        Assert.False(_use.TryTake(_acme, Ceiling.Joins));
        _clock.Skip(29);
        Assert.False(_use.TryTake(_acme, Ceiling.Joins));
        _clock.Skip(1);
        Assert.True(_use.TryTake(_acme, Ceiling.Joins));
        Assert.False(_use.TryTake(_acme, Ceiling.Joins));
        _clock.Skip(3600);
        Assert.Equal(default, _use.Read(_acme));
    }

    [Fact]
    public void A_ceiling_that_comes_down_puts_nobody_out_and_lets_nobody_in()
    {
        Assert.True(_use.TryTake(_acme, Ceiling.Sessions));
        Assert.True(_use.TryTake(_acme, Ceiling.Sessions));
        Put(_acme, new DomainRules(MaxSessions: 1));
        Assert.False(_use.TryTake(_acme, Ceiling.Sessions));
        _use.GiveBack(_acme, Ceiling.Sessions);
        Assert.False(_use.TryTake(_acme, Ceiling.Sessions));
        _use.GiveBack(_acme, Ceiling.Sessions);
        Assert.True(_use.TryTake(_acme, Ceiling.Sessions));
    }

    [Fact]
    public void What_other_nodes_hold_counts_until_they_say_otherwise_or_are_gone()
    {
        Put(_acme, new DomainRules(MaxSessions: 3));
        _use.Hear(new DomainUseNews(_there, [new CountedDomain(_acme, new DomainCounts(2, 0, 0))]));
        Assert.True(_use.TryTake(_acme, Ceiling.Sessions));
        Assert.False(_use.TryTake(_acme, Ceiling.Sessions));
        _use.Hear(new DomainUseNews(_there, [new CountedDomain(_acme, new DomainCounts(1, 0, 0))]));
        Assert.True(_use.TryTake(_acme, Ceiling.Sessions));
        _use.Forget(node => node == _there);
        Assert.Equal(2, _use.Read(_acme).Sessions);
    }

    [Fact]
    public void Only_domains_with_ceilings_are_told_of_when_they_change_and_now_and_then()
    {
        Put(_acme, new DomainRules(MaxRooms: 9));
        Put(_globex, new DomainRules(MaxMembers: 9));
        _use.TryTake(_acme, Ceiling.Rooms);
        _use.TryTake(_globex, Ceiling.Rooms);
        Assert.Equal([new CountedDomain(_acme, new DomainCounts(0, 1, 0))], Assert.Single(_use.News(_here)).Domains);
        Assert.Empty(_use.News(_here));
        _clock.Skip(5);
        Assert.Single(_use.News(_here));
        _use.GiveBack(_acme, Ceiling.Rooms);
        Assert.Equal([new CountedDomain(_acme, default)], Assert.Single(_use.News(_here)).Domains);
        _clock.Skip(5);
        Assert.Empty(_use.News(_here));
        Assert.Equal([_globex], _use.Here.Select(d => d.Domain));
    }

    [Fact]
    public void Ten_thousand_domains_are_told_of_in_messages_that_fit()
    {
        for (int i = 0; i < 10_000; i++)
        {
            var domain = Domain.Parse($"customer-{i}.example");
            Put(domain, new DomainRules(MaxSessions: 9));
            _use.TryTake(domain, Ceiling.Sessions);
        }

        var news = _use.News(_here);
        Assert.Equal(10_000, news.Sum(n => n.Domains.Length));
        Assert.All(news, n => Assert.InRange(n.Domains.Length, 1, 500));
    }

    [Fact]
    public void Many_at_once_are_never_one_too_many()
    {
        Put(_acme, new DomainRules(MaxSessions: 100));
        int taken = 0;
        Parallel.For(0, 1000, _ =>
        {
            if (_use.TryTake(_acme, Ceiling.Sessions))
                Interlocked.Increment(ref taken);
        });
        Assert.Equal(100, taken);
    }

    private void Put(Domain domain, DomainRules rules) =>
        _table.Take(new DomainRecord(domain, DomainStanding.Open, rules, (_table.RecordOf(domain)?.Version ?? 0) + 1));

    private sealed class Clock : TimeProvider
    {
        private long _seconds = 1_000_000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds;

        public void Skip(int seconds) => _seconds += seconds;
    }
}
