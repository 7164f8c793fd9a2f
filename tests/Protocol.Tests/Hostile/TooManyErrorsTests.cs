using Conference.Protocol.Session;
using Conference.Protocol.Tests.Session;

namespace Conference.Protocol.Tests.Hostile;

public sealed class TooManyErrorsTests
{
    private static readonly string[] _nineteen = [.. Enumerable.Repeat("bogus", SessionPolicy.MaxErrors - 1)];

    [Fact]
    public void Twenty_errors_in_a_row_end_the_session()
    {
        var session = new SessionDriver();
        Assert.Equal(Enumerable.Repeat("500 unknown command", 19), session.Say(_nineteen));
        Assert.Equal(["500 usage: HELO <user>@<host>", "421 too many errors", "close"], session.Say("HELO"));
        Assert.True(session.Machine.IsClosed);
    }

    [Fact]
    public void A_good_command_in_between_forgives_all_before_it()
    {
        var session = new SessionDriver();
        session.Say(_nineteen);
        Assert.Equal(["200 ok"], session.Say("NOOP"));
        session.Say(_nineteen);
        Assert.Equal(["200 ok"], session.Say("NOOP"));
    }

    [Fact]
    public void A_refusal_is_no_error()
    {
        var session = new SessionDriver();
        for (int i = 0; i < 100; i++)
            session.Say("HELO joe@192.0.2.99", "CONN chat joe@127.0.0.1", "SETP video rate 0", "GETP video colour", "AUTH PLAIN x");
        Assert.False(session.Machine.IsClosed);
    }

    [Fact]
    public void Ten_thousand_pipelined_commands_are_answered_one_by_one() =>
        Assert.Equal(10_000, new SessionDriver().Say([.. Enumerable.Repeat("NOOP", 10_000)]).Count);

    [Fact]
    public void Ten_thousand_pipelined_errors_are_answered_twenty_times() =>
        Assert.Equal(22, new SessionDriver().Say([.. Enumerable.Repeat("bogus", 10_000)]).Count);
}
