using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

public sealed class RoamingTests
{
    private const string Token = "f2a9d0c4471e6b38";
    private const string Next = "d1b23456789abcde";

    [Fact]
    public void A_token_is_told_when_roaming_is_turned_on_and_whenever_it_is_asked_for()
    {
        var session = new SessionDriver();
        Assert.Equal(["310 session off"], session.Say("GETP session roam"));
        Assert.Equal([$"310 session {Token}"], session.Say("SETP session roam on"));
        Assert.Equal([$"310 session {Token}"], session.Say("GETP session roam"));
        Assert.Equal(["310 session off"], session.Say("SETP session ROAM Off"));
        Assert.Equal(["310 session off"], session.Say("GETP session roam"));
        Assert.Equal([new SessionRequest.Roam(true), new SessionRequest.Roam(false)], session.Asked);
    }

    [Fact]
    public void The_next_token_is_told_without_any_other_option()
    {
        var session = new SessionDriver();
        session.Say("SETP session roam on");
        Assert.Equal([$"* 122 roam {Next}"], session.Notify(new SessionNotice.TokenShown(Next)));
        Assert.Equal([$"310 session {Next}"], session.Say("GETP session roam"));
        session.Say("SETP session roam off");
        Assert.Empty(session.Notify(new SessionNotice.TokenShown(Token)));
        Assert.Equal(["310 session off"], session.Say("GETP session roam"));
    }

    [Theory]
    [InlineData("SETP session roam maybe", "510 session maybe could not set roam")]
    [InlineData("SETP session roam f2a9d0c4471e6b38", "510 session f2a9d0c4471e6b38 could not set roam")]
    [InlineData("SETP chat roam on", "510 chat roam unknown parameter")]
    [InlineData("GETP video roam", "510 video roam unknown parameter")]
    public void Anything_else_is_refused(string line, string answer)
    {
        var session = new SessionDriver();
        Assert.Equal([answer], session.Say(line));
        Assert.Empty(session.Asked);
    }

    [Fact]
    public void Where_it_did_not_work_it_is_off()
    {
        var session = new SessionDriver(_ => SessionOutcome.Refused.TryAgain);
        Assert.Equal(["510 session on could not set roam"], session.Say("SETP session roam on"));
        Assert.Equal(["310 session off"], session.Say("GETP session roam"));
    }

    [Fact]
    public void An_operator_may_forbid_it()
    {
        var machine = new SessionMachine(new SessionPolicy(new ServedHosts([], []), false) { Roaming = false }, Name.Guest(1), "127.0.0.1");
        machine.Receive(CommandParser.Parse("SETP session roam on"));
        Assert.True(machine.TryTake(out var output));
        Assert.Equal("510 session on could not set roam", Assert.IsType<SessionOutput.Line>(output).Reply.ToString());
    }

    [Fact]
    public void No_text_shows_a_token_by_itself()
    {
        Assert.DoesNotContain(Token, $"{new SessionOutcome.Roaming(Token)} {new SessionNotice.TokenShown(Token)}", StringComparison.Ordinal);
    }
}
