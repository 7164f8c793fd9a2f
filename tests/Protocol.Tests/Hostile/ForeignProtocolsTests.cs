using System.Buffers;
using System.Text;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Tests.Session;

namespace Conference.Protocol.Tests.Hostile;

/// <summary>Who speaks another protocol is sent away before anything it brings along is carried out.</summary>
public sealed class ForeignProtocolsTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1", "HTTP")]
    [InlineData("POST /chat?x=1 HTTP/1.0", "HTTP")]
    [InlineData("OPTIONS * HTTP/1.1", "HTTP")]
    [InlineData("CONNECT example.org:443 HTTP/1.1", "HTTP")]
    [InlineData("BREW /pot HTTP/1.1", "HTTP")]
    [InlineData("SEND / HTTP/1.1", "HTTP")]
    [InlineData("LIST / HTTP/1.1", "HTTP")]
    [InlineData("QUIT / HTTP/1.1", "HTTP")]
    [InlineData("PRI * HTTP/2.0", "HTTP")]
    [InlineData("GET /", "HTTP")]
    [InlineData("HTTP/1.1 200 OK", "HTTP")]
    [InlineData("Host: 127.0.0.1:4321", "HTTP")]
    [InlineData("host:example.org", "HTTP")]
    [InlineData("SSH-2.0-OpenSSH_9.2", "SSH")]
    [InlineData("OPTIONS sip:joe@example.org SIP/2.0", "SIP")]
    [InlineData("SIP/2.0 200 OK", "SIP")]
    [InlineData("DESCRIBE rtsp://example.org/door RTSP/1.0", "RTSP")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 51234 4321", "PROXY")]
    [InlineData("PROXY UNKNOWN", "PROXY")]
    public void A_line_of_another_protocol_ends_the_session_and_what_comes_behind_it_is_not_carried_out(string line, string protocol)
    {
        var session = new SessionDriver();

        Assert.Equal([$"421 this is QCVC, not {protocol}", "close"], session.Say(line, "AUTH ANONYMOUS joe", "SEND chat hello"));
        Assert.Empty(session.Asked);
    }

    [Theory]
    [InlineData("POST /{0} HTTP/1.1", ForeignProtocol.Http)]
    [InlineData("GET http://example.org/{0} HTTP/1.1", ForeignProtocol.Http)]
    [InlineData("PROXY TCP4 {0} 198.51.100.1 51234 4321", ForeignProtocol.Proxy)]
    [InlineData("Host: {0}", ForeignProtocol.Http)]
    [InlineData("SEND chat POST /{0}", null)]
    [InlineData("{0} POST /", null)]
    public void A_line_that_is_too_long_or_no_text_hides_no_other_protocol(string line, ForeignProtocol? protocol)
    {
        foreach (string filling in new[] { new string('1', LineFramer.MaxBytes), "\u0001", "\u00ff" })
        {
            var received = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(line.Replace("{0}", filling, StringComparison.Ordinal) + "\r\n"));
            Assert.True(new LineFramer().TryRead(ref received, out var read, out var kind));
            Assert.NotEqual(LineKind.Text, kind);
            Assert.Equal(protocol, (CommandParser.Parse(read, kind) as Command.Foreign)?.Protocol);
        }
    }

    [Theory]
    [InlineData("SEND chat GET / HTTP/1.1")]
    [InlineData("SEND chat Host: joe")]
    [InlineData("HELO SSH-2.0@127.0.0.1")]
    public void Words_about_other_protocols_are_commands_like_all_others(string line) => Assert.IsNotType<Command.Foreign>(CommandParser.Parse(line));

    [Theory]
    [InlineData("HELLO joe")]
    [InlineData("ssh joe")]
    [InlineData("Hostess: joe")]
    [InlineData("get on with it")]
    [InlineData("http")]
    public void A_mistake_is_a_mistake(string line) => Assert.IsType<Command.Bad>(CommandParser.Parse(line));

    [Theory]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", ForeignProtocol.Tls)]
    [InlineData("\u0016", ForeignProtocol.Tls)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!", ForeignProtocol.Proxy)]
    [InlineData("\r\n\r\n", null)]
    [InlineData("", null)]
    [InlineData("HELO joe@127.0.0.1\r\n", null)]
    public void The_first_bytes_tell(string start, ForeignProtocol? protocol) =>
        Assert.Equal(protocol, ForeignProtocols.OfStart(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(start))));

    [Fact]
    public void What_is_said_too_often_is_answered_in_its_turn_and_not_carried_out()
    {
        var session = new SessionDriver();
        session.Say("CONN video standup@127.0.0.1");
        int asked = session.Asked.Count;
        foreach (string line in (string[])["SEND chat hello", "CONN audio standup@127.0.0.1", "AUTH ANONYMOUS joe"])
            session.Machine.Receive(new Command.Excess(CommandParser.Parse(line)));

        Assert.Equal(["503 try again later", "504 try again later"], session.Say());
        Assert.Equal(asked, session.Asked.Count);
        Assert.Null(session.LastSay);
        Assert.Equal(["200 ok"], session.Say("NOOP"));
    }
}
