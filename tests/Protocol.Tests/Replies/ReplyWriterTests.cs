using System.Buffers;
using System.Text;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;
using Conference.Protocol.Tests.Framing;
using Conference.Protocol.Tests.Session;

namespace Conference.Protocol.Tests.Replies;

public sealed class ReplyWriterTests
{
    [Theory]
    [MemberData(nameof(ReplyTests.Forms), MemberType = typeof(ReplyTests))]
    public void A_written_reply_is_one_line_that_reads_back(string line, Reply reply)
    {
        byte[] bytes = Write(reply);
        Assert.Equal(line + "\r\n", Encoding.UTF8.GetString(bytes));
        Assert.True(Reply.TryParse(Assert.Single(Lines.Of(bytes)), out var read));
        Assert.Equal(reply, read);
    }

    [Fact]
    public void Text_is_utf8() => Assert.Equal("203 chat é日🎈\r\n", Encoding.UTF8.GetString(Write(Reply.Said(Service.Chat, "é日🎈"))));

    [Fact]
    public void A_code_has_three_digits() => Assert.Equal("007 x\r\n", Encoding.UTF8.GetString(Write(new Reply(7, "x"))));

    [Fact]
    public void Replies_follow_each_other_in_one_buffer()
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(output, Reply.Ok);
        ReplyWriter.Write(output, Reply.Greeting);
        Assert.Equal("200 ok\r\n100 QCVC/1.0\r\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void The_longest_reply_to_any_longest_line_keeps_to_the_limit()
    {
        // A letter whose small form is longer than itself; the echo of a parameter grows by it.
        foreach (string letter in new[] { "x", "é", "日", "🎈", "\u023A" })
        {
            foreach (string start in new[] { "HELO ", "GETP video ", "SETP video rate ", "SETP session events ", "CONN video joe@", "LIST joe@", "STAT joe@" })
            {
                foreach (string end in new[] { "", "@127.0.0.1" })
                {
                    string line = Fill(start, letter, end);
                    foreach (var reply in new SessionDriver().Replies(line))
                        AssertShort(reply);
                }
            }
        }
    }

    [Fact]
    public void The_longest_chat_line_keeps_to_the_limit()
    {
        var session = new SessionDriver(hosts: new ServedHosts(["*"], []));
        session.Say("SETP chat sender on", $"HELO joe@{new string('日', ServedHosts.MaxLength)}");
        var send = Assert.IsType<Command.Send>(CommandParser.Parse(Fill($"SEND {new string('s', Service.MaxLength)} ", "🎈", "")));
        session.Machine.Notify(new SessionNotice.Said(Name.Parse(new string('n', Name.MaxBytes)), send.Service, send.Text));
        AssertShort(Assert.Single(session.TakeReplies()));
    }

    [Fact]
    public void The_member_with_the_most_services_keeps_to_the_limit()
    {
        var services = Enumerable.Range(0, SessionPolicy.MaxConnections)
            .Select(n => Service.TryParse($"s{n}".PadRight(Service.MaxLength, 'x'), out var service) ? service : default);
        AssertShort(Reply.Member(Name.Parse(new string('n', Name.MaxBytes)), services));
    }

    private static void AssertShort(Reply reply) => Assert.InRange(Write(reply).Length, 1, ReplyWriter.MaxBytes);

    private static string Fill(string start, string letter, string end)
    {
        int room = LineFramer.MaxBytes - Encoding.UTF8.GetByteCount(start + end);
        return start + string.Concat(Enumerable.Repeat(letter, room / Encoding.UTF8.GetByteCount(letter))) + end;
    }

    private static byte[] Write(Reply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(output, reply);
        return output.WrittenSpan.ToArray();
    }
}
