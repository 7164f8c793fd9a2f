using System.Globalization;
using System.Net;
using Conference.Node.SignIn;
using Conference.Protocol.Addresses;

namespace Conference.Node.Tests.SignIn;

/// <summary>All in virtual time: an hour costs nothing here.</summary>
public sealed class SignInThrottleTests
{
    private static readonly IPAddress _home = IPAddress.Parse("192.0.2.1");
    private static readonly Name _joe = Name.Parse("joe");

    private readonly SignInThrottle _throttle = new();
    private TimeSpan _now = TimeSpan.FromDays(1);

    [Fact]
    public void A_few_mistakes_cost_nothing_then_every_one_doubles_the_wait()
    {
        for (int i = 0; i <= SignInThrottle.FreePerAccount; i++)
            Assert.True(_throttle.MayTry(_now, _home, _joe));
        foreach (int seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            Assert.False(_throttle.MayTry(_now, _home, _joe));
            _now += TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1);
            Assert.False(_throttle.MayTry(_now, _home, _joe));
            _now += TimeSpan.FromTicks(1);
            Assert.True(_throttle.MayTry(_now, _home, _joe));
        }
    }

    [Fact]
    public void An_address_is_slowed_down_whatever_names_it_tries()
    {
        for (int i = 0; i <= SignInThrottle.FreePerAddress; i++)
            Assert.True(_throttle.MayTry(_now, _home, Name.Guest(i)));
        Assert.False(_throttle.MayTry(_now, _home, Name.Guest(1000)));
        Assert.False(_throttle.MayTry(_now, _home, null));
        Assert.True(_throttle.MayTry(_now, IPAddress.Parse("192.0.2.2"), null));
        Assert.InRange(TriesIn(TimeSpan.FromMinutes(50), () => _home, i => Name.Guest(i)), 8, 20);
    }

    [Fact]
    public void One_subscriber_of_ipv6_is_one_address_and_a_mapped_ipv4_is_itself()
    {
        for (int i = 0; i <= SignInThrottle.FreePerAddress; i++)
            Assert.True(_throttle.MayTry(_now, IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:db8:1:2::{i + 1:x}")), null));
        Assert.False(_throttle.MayTry(_now, IPAddress.Parse("2001:db8:1:2:ffff::1"), null));
        Assert.True(_throttle.MayTry(_now, IPAddress.Parse("2001:db8:1:3::1"), null));
        Assert.Equal(2, _throttle.Remembered);

        Assert.True(_throttle.MayTry(_now, _home, null));
        Assert.True(_throttle.MayTry(_now, _home.MapToIPv6(), null));
        Assert.Equal(3, _throttle.Remembered);
    }

    [Fact]
    public void The_owner_gets_in_from_elsewhere_while_somebody_fails_in_his_name()
    {
        // Guesses from fifty addresses, as fast as they are let.
        var attackers = Enumerable.Range(0, 50).Select(i => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"198.51.100.{i + 1}"))).ToArray();
        int next = 0;
        _ = TriesIn(TimeSpan.FromMinutes(30), () => attackers[next++ % attackers.Length], _ => _joe);
        int waited = 0;
        while (!_throttle.MayTry(_now, _home, _joe))
        {
            foreach (var attacker in attackers)
                _ = _throttle.MayTry(_now, attacker, _joe);
            _now += TimeSpan.FromSeconds(1);
            Assert.True(++waited < 5, "the owner is shut out");
        }

        _throttle.Succeeded(_now, _home, _joe);
        Assert.True(_throttle.MayTry(_now, IPAddress.Parse("203.0.113.9"), _joe));
    }

    [Fact]
    public void One_address_has_few_guesses_an_hour_at_one_account()
    {
        // Free ones, then up to the longest wait.
        Assert.InRange(TriesIn(TimeSpan.FromHours(1), () => _home, _ => _joe), 10, 70);
    }

    [Fact]
    public void A_thousand_tries_at_once_are_no_way_round() =>
        Assert.Equal(SignInThrottle.FreePerAccount + 1, Enumerable.Range(0, 1000).Count(_ => _throttle.MayTry(_now, _home, _joe)));

    [Fact]
    public void Success_forgets_the_accounts_failures_and_takes_back_its_own_try_only()
    {
        for (int i = 0; i < SignInThrottle.FreePerAddress; i++)
        {
            // Somebody with an account of their own must not wash an address clean with it.
            var victim = Name.Parse(string.Create(CultureInfo.InvariantCulture, $"victim{i}"));
            Assert.True(_throttle.MayTry(_now, _home, victim));
            Assert.True(_throttle.MayTry(_now, _home, _joe));
            _throttle.Succeeded(_now, _home, _joe);
        }

        Assert.True(_throttle.MayTry(_now, _home, _joe));
        Assert.False(_throttle.MayTry(_now, _home, _joe));
    }

    [Fact]
    public void A_try_nobody_looked_at_was_none()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_throttle.MayTry(_now, _home, _joe));
            _throttle.Withdraw(_now, _home, _joe);
        }

        Assert.Equal(0, _throttle.Remembered);
    }

    [Fact]
    public void An_hour_later_all_is_forgotten()
    {
        _ = TriesIn(TimeSpan.FromMinutes(10), () => _home, _ => _joe);
        _now += SignInThrottle.Memory + TimeSpan.FromTicks(1);
        for (int i = 0; i <= SignInThrottle.FreePerAccount; i++)
            Assert.True(_throttle.MayTry(_now, _home, _joe));
        Assert.Equal(2, _throttle.Remembered);
    }

    [Fact]
    public void Memory_is_bounded_and_the_longest_quiet_go_first()
    {
        var small = new SignInThrottle(capacity: 100);
        var early = IPAddress.Parse("10.255.0.1");
        for (int i = 0; i <= SignInThrottle.FreePerAddress; i++)
            Assert.True(small.MayTry(_now, early, null));
        for (int i = 0; i < 99; i++)
            Assert.True(small.MayTry(_now, new IPAddress([10, 0, 0, (byte)i]), Name.Guest(i)));
        Assert.False(small.MayTry(_now, early, null));

        for (int i = 0; i < 1000; i++)
            Assert.True(small.MayTry(_now, new IPAddress([10, 1, (byte)(i >> 8), (byte)i]), Name.Guest(i)));
        Assert.Equal(200, small.Remembered);
        Assert.True(small.MayTry(_now, early, null));
    }

    [Fact]
    public void Failures_without_end_do_not_overflow()
    {
        for (int i = 0; i < 200; i++)
        {
            Assert.True(_throttle.MayTry(_now, _home, _joe));
            _now += SignInThrottle.LongestForAddress;
            Assert.InRange(_throttle.Remembered, 1, 2);
        }
    }

    /// <summary>How many tries are let through when they are made ten times a second.</summary>
    private int TriesIn(TimeSpan time, Func<IPAddress> from, Func<int, Name> account)
    {
        int let = 0;
        var end = _now + time;
        for (int i = 0; _now < end; i++, _now += TimeSpan.FromMilliseconds(100))
            let += _throttle.MayTry(_now, from(), account(i)) ? 1 : 0;
        return let;
    }
}
