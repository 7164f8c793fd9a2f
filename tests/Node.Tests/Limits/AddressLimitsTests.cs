using System.Net;
using Conference.Actors.Sessions.Limits;
using Conference.Node.Tests.Support;
using Conference.Protocol.Commands;

namespace Conference.Node.Tests.Limits;

/// <summary>All in virtual time.</summary>
public sealed class AddressLimitsTests
{
    private static readonly IPAddress _office = IPAddress.Parse("192.0.2.1");

    private readonly VirtualTime _time = new();

    [Fact]
    public void A_session_may_say_so_many_at_once_and_then_as_many_as_come_in()
    {
        var session = Limits(new ClientLimits { Session = new CommandLimits { Send = new RateLimit(10, 100) } }).OfSession(_office);

        Assert.Equal(100, Take(session, Verb.Send, 200));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(10, Take(session, Verb.Send, 200));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(100, Take(session, Verb.Send, 200));
        Assert.Equal(LimitScope.Session, session.Refusal(Verb.Send));
        Assert.Equal(1000, Take(session, Verb.Conn, 1000));
        Assert.Equal(1000, Take(session, Verb.Noop, 1000));
    }

    [Fact]
    public void Sessions_of_one_address_share_what_it_may_and_coming_back_wins_nothing()
    {
        var limits = Limits(new ClientLimits { Address = new CommandLimits { Conn = new RateLimit(1, 10) } });
        Assert.True(limits.TryEnter(_office));
        Assert.Equal(6, Take(limits.OfSession(_office), Verb.Conn, 6));
        Assert.Equal(4, Take(limits.OfSession(_office), Verb.Conn, 6));
        limits.Leave(_office);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.True(limits.TryEnter(_office));
        var again = limits.OfSession(_office);
        Assert.Equal(3, Take(again, Verb.Conn, 10));
        Assert.Equal(LimitScope.Address, again.Refusal(Verb.Conn));
        var elsewhere = IPAddress.Parse("192.0.2.2");
        Assert.True(limits.TryEnter(elsewhere));
        Assert.Equal(10, Take(limits.OfSession(elsewhere), Verb.Conn, 20));
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void An_address_of_IPv6_is_its_64(string one, string other, bool isSame)
    {
        var limits = Limits(new ClientLimits { AddressSessions = 1 });

        Assert.True(limits.TryEnter(IPAddress.Parse(one)));
        Assert.Equal(!isSame, limits.TryEnter(IPAddress.Parse(other)));
    }

    [Fact]
    public void An_address_has_so_many_sessions_and_the_next_when_one_has_left()
    {
        var limits = Limits(new ClientLimits { AddressSessions = 3 });
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(limits.TryEnter(_office)));
        Assert.False(limits.TryEnter(_office));
        Assert.True(limits.TryEnter(IPAddress.Loopback));

        limits.Leave(_office);

        Assert.True(limits.TryEnter(_office));
        Assert.False(limits.TryEnter(_office));
    }

    [Fact]
    public void An_address_is_forgotten_when_its_buckets_are_full_again_and_not_before()
    {
        var limits = Limits(new ClientLimits { Address = new CommandLimits { Auth = new RateLimit(0.5, 10) } });
        limits.TryEnter(_office);
        limits.Leave(_office);
        _time.Advance(TimeSpan.FromSeconds(19));
        limits.TryEnter(IPAddress.Loopback);
        Assert.Equal(2, limits.Remembered);
        _time.Advance(TimeSpan.FromSeconds(1));
        limits.TryEnter(IPAddress.Loopback);
        Assert.Equal(1, limits.Remembered);
    }

    [Fact]
    public void A_flood_of_addresses_costs_bounded_memory()
    {
        var limits = new AddressLimits(new ClientLimits { Address = new CommandLimits { Auth = new RateLimit(1, 1000) } }, _time, capacity: 100);
        for (int i = 0; i < 10_000; i++)
        {
            var address = new IPAddress(i + 1);
            Assert.True(limits.TryEnter(address));
            limits.Leave(address);
        }

        Assert.InRange(limits.Remembered, 1, 101);
    }

    private static int Take(SessionLimits session, Verb verb, int tries) => Enumerable.Range(0, tries).Count(_ => session.Refusal(verb) is null);

    private AddressLimits Limits(ClientLimits limits) => new(limits, _time);
}
