using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

public sealed class StartTlsTests
{
    private static readonly LinkSecurity _possible = new(IsEncrypted: false, IsLocal: false, CanStartTls: true);
    private static readonly LinkSecurity _on = new(IsEncrypted: true, IsLocal: false, CanStartTls: false);

    [Fact]
    public void Feat_names_stls_where_it_can_be_had_and_nowhere_else()
    {
        Assert.Equal(["210 AUTH STLS NOOP LIST STATUS EVENTS SENDER PORTS SELECT MUTE LAYERS DETAILS ROAM RECORDING RESUME ROOM"], new SessionDriver(link: _possible).Say("FEAT"));
        Assert.Equal(["210 AUTH NOOP LIST STATUS EVENTS SENDER PORTS SELECT MUTE LAYERS DETAILS ROAM RECORDING RESUME ROOM"], new SessionDriver(link: _on).Say("FEAT"));
    }

    [Fact]
    public void Stls_is_ready_and_ends_the_session_without_a_goodbye()
    {
        var session = new SessionDriver(link: _possible);
        Assert.Equal(["220 ready, then TLS"], session.Say("STLS"));
        Assert.Equal([new SessionOutput.Answered(Verb.Stls, 220)], session.Answered);
        Assert.True(session.Machine.IsClosed);
    }

    [Fact]
    public void What_waits_behind_stls_is_not_looked_at()
    {
        var session = new SessionDriver(link: _possible);
        Assert.Equal(["200 ok", "220 ready, then TLS"], session.Say("NOOP", "STLS", "AUTH ANONYMOUS mallory", "CONN video a@127.0.0.1"));
        Assert.Empty(session.Asked);
        session.Machine.End("internal error");
        Assert.Empty(session.Take());
    }

    [Fact]
    public void What_waits_for_its_outcome_keeps_stls_waiting()
    {
        var session = new SessionDriver(_ => null, link: _possible);
        Assert.Equal(["ask Connect"], session.Say("CONN video a@127.0.0.1", "STLS"));
        Assert.Equal(["303 video 11000", "220 ready, then TLS"], session.Complete(new SessionOutcome.Connected(11000)));
    }

    [Fact]
    public void There_is_no_tls_twice_and_none_without_a_certificate()
    {
        Assert.Equal(["504 TLS already on"], new SessionDriver(link: _on).Say("STLS"));
        Assert.Equal(["504 TLS not available", "200 ok"], new SessionDriver().Say("STLS", "NOOP"));
    }
}
