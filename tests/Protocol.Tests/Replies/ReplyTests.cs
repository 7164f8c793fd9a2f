using Conference.Protocol.Addresses;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Replies;

public sealed class ReplyTests
{
    private static readonly Name _joe = Name.Parse("joe");

    /// <summary>Every reply there is, as it stands on the wire.</summary>
    public static TheoryData<string, Reply> Forms { get; } = new()
    {
        { "100 QCVC/1.0", Reply.Greeting },
        { "110 joined joe@192.0.2.7", Reply.Joined(_joe, "192.0.2.7") },
        { "111 left joe@192.0.2.7", Reply.Left(_joe, "192.0.2.7") },
        { "112 call video joe@[::1]", Reply.Call(Service.Video, _joe, "[::1]") },
        { "113 speaker joe@192.0.2.7", Reply.Speaker(_joe, "192.0.2.7") },
        { "114 moving node-2.example.org", Reply.Moving("node-2.example.org") },
        { "115 muted joe@192.0.2.7", Reply.Muted(_joe, "192.0.2.7") },
        { "116 unmuted joe@192.0.2.7", Reply.Unmuted(_joe, "192.0.2.7") },
        { "117 put-out joe@192.0.2.7", Reply.PutOut(_joe, "192.0.2.7") },
        { "118 slot 3 video joe@192.0.2.7", Reply.Seated("3", Service.Video, _joe, "192.0.2.7") },
        { "118 slot 3 free", Reply.SeatFree("3") },
        { "119 slots short", Reply.SeatsShort },
        { "115 waiting standup@192.0.2.7", Reply.Waiting(Name.Parse("standup"), "192.0.2.7") },
        { "123 waiting joe@192.0.2.7", Reply.Waits(_joe, "192.0.2.7") },
        { "124 waits-no-more joe@192.0.2.7", Reply.WaitsNoMore(_joe, "192.0.2.7") },
        { "125 room title Weekly standup", Reply.Room("title", "Weekly standup") },
        { "122 roam f2a9d0c4471e6b38", Reply.Roam("f2a9d0c4471e6b38") },
        { "200 ok", Reply.Ok },
        { "201 joe is here", Reply.Here("joe") },
        { "202 online", Reply.Status(UserStatus.Online) },
        { "202 away", Reply.Status(UserStatus.Away) },
        { "202 busy", Reply.Status(UserStatus.Busy) },
        { "202 hidden", Reply.Status(UserStatus.Hidden) },
        { "203 chat Hello Joe!", Reply.Said(Service.Chat, "Hello Joe!") },
        { "203 chat   spaces  kept ", Reply.Said(Service.Chat, "  spaces  kept ") },
        { "203 chat joe@192.0.2.7 Hello", Reply.Said(Service.Chat, _joe, "192.0.2.7", "Hello") },
        { "204 joe", Reply.SignedIn(_joe) },
        { "210 AUTH NOOP", Reply.Features(["AUTH", "NOOP"]) },
        { "211 joe video,audio", Reply.Member(_joe, [Service.Video, Service.Audio]) },
        {
            "212 joe video ssrc=1111 codec=VP8 kbps=500 fps=29.9 packets=900 lost=1 jitter=1.5 keyframes=3",
            Reply.Source(_joe, new MemberSource(Service.Video, 1111, "VP8", 499.6, 29.94, 900, 1, 1.5, 3, null))
        },
        {
            "212 joe video ssrc=1111 codec=VP8 kbps=500 fps=30 packets=900 lost=0 jitter=0 keyframes=3 layer=2",
            Reply.Source(_joe, new MemberSource(Service.Video, 1111, "VP8", 500, 30, 900, 0, 0, 3, 2))
        },
        { "211 end", Reply.MembersEnd },
        { "220 ready", Reply.StartTls },
        { "303 video 11000", Reply.Connected(Service.Video, 11000, withTransport: false) },
        { "303 video udp/11000", Reply.Connected(Service.Video, 11000, withTransport: true) },
        { "304 video disconnected", Reply.Disconnected(Service.Video) },
        { "310 video 30", Reply.Parameter(Service.Video, "30") },
        { "310 session token 0123456789abcdef0123456789abcdef", Reply.Token(new WebToken("0123456789abcdef0123456789abcdef")) },
        { "402 status not available", Reply.StatusNotAvailable },
        { "421 quit", Reply.Closing("quit") },
        { "500 unknown command", Reply.UnknownCommand },
        { "500 line too long", Reply.LineTooLong },
        { "500 malformed line", Reply.MalformedLine },
        { "500 usage: CONN <service> <user>@<host>", Reply.Usage("CONN <service> <user>@<host>") },
        { "501 joe is not here", Reply.NotHere("joe") },
        { "502 not allowed", Reply.NotAllowed },
        { "503 no port free", Reply.Refused("no port free") },
        { "504 name in use", Reply.NotSignedIn("name in use") },
        { "510 video rate unknown parameter", Reply.UnknownParameter(Service.Video, "rate") },
        { "510 video 10 could not set frame rate", Reply.CouldNotSet(Service.Video, "10", "frame rate") },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_reply_has_its_form(string expected, Reply reply) => Assert.Equal(expected, reply.ToString());

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_reply_read_back_is_the_reply(string line, Reply reply)
    {
        Assert.True(Reply.TryParse(line, out var read));
        Assert.Equal(reply, read);
    }

    [Theory]
    [InlineData("200", 200, "")]
    [InlineData("200 ", 200, "")]
    [InlineData("200  ok", 200, " ok")]
    [InlineData("000 nothing", 0, "nothing")]
    public void Code_and_text_are_divided_by_one_space(string line, int code, string text)
    {
        Assert.True(Reply.TryParse(line, out var reply));
        Assert.Equal(new Reply(code, text), reply);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("2000 ok")]
    [InlineData("200-ok")]
    [InlineData("-20 ok")]
    [InlineData("+20 ok")]
    [InlineData(" 200 ok")]
    [InlineData("٢٠٠ ok")]
    [InlineData("HTTP/1.1 200 OK")]
    public void Other_lines_are_no_reply(string line) => Assert.False(Reply.TryParse(line, out _));

    [Fact]
    public void Only_500_counts_as_bad_input() =>
        Assert.All(Forms, row => Assert.Equal(row.Data.Item2.Code == 500, row.Data.Item2.IsBadInput));
}
