using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Commands;

public sealed class CommandParserTests
{
    private static readonly Target _joe = new("joe", "192.0.2.7");

    /// <summary>The usage line of each verb that takes arguments.</summary>
    private static readonly Dictionary<string, string> _usages = new()
    {
        ["HELO"] = "HELO <user>@<host>",
        ["STAT"] = "STAT <user>@<host> [online|away|busy|hidden]",
        ["CONN"] = "CONN <service> <user>@<host>",
        ["DCON"] = "DCON <service> <user>@<host>",
        ["GETP"] = "GETP <service> <parameter>",
        ["SETP"] = "SETP <service> <parameter> <value>",
        ["SEND"] = "SEND <service> <text>",
        ["LIST"] = "LIST <room>@<host>",
        ["AUTH"] = "AUTH PLAIN|BEARER|ANONYMOUS|RESUME <credential>",
        ["QUIT"] = "QUIT",
        ["FEAT"] = "FEAT",
        ["NOOP"] = "NOOP",
        ["STLS"] = "STLS",
    };

    [Fact]
    public void Every_verb_has_its_form()
    {
        Assert.Equal(new Command.Helo(_joe), CommandParser.Parse("HELO joe@192.0.2.7"));
        Assert.Equal(new Command.Stat(_joe, null), CommandParser.Parse("STAT joe@192.0.2.7"));
        Assert.Equal(new Command.Stat(_joe, UserStatus.Away), CommandParser.Parse("STAT joe@192.0.2.7 away"));
        Assert.Equal(new Command.Conn(Service.Video, _joe), CommandParser.Parse("CONN video joe@192.0.2.7"));
        Assert.Equal(new Command.Dcon(Service.Video, _joe), CommandParser.Parse("DCON video joe@192.0.2.7"));
        Assert.Equal(new Command.Getp(Service.Video, "rate"), CommandParser.Parse("GETP video rate"));
        Assert.Equal(new Command.Setp(Service.Video, "rate", "10"), CommandParser.Parse("SETP video rate 10"));
        Assert.Equal(new Command.Send(Service.Chat, "Hello Joe!"), CommandParser.Parse("SEND chat Hello Joe!"));
        Assert.Equal(new Command.List(_joe), CommandParser.Parse("LIST joe@192.0.2.7"));
        Assert.Equal(new Command.Auth(AuthMechanism.Anonymous, "joe"), CommandParser.Parse("AUTH ANONYMOUS joe"));
        Assert.Equal(new Command.Auth(AuthMechanism.Plain, "AGpvZQB4"), CommandParser.Parse("AUTH PLAIN AGpvZQB4"));
        Assert.Equal(new Command.Auth(AuthMechanism.Bearer, "a.b.c"), CommandParser.Parse("AUTH BEARER a.b.c"));
        Assert.Equal(new Command.Auth(AuthMechanism.Resume, "0a1b"), CommandParser.Parse("AUTH RESUME 0a1b"));
        Assert.Equal(new Command.Quit(), CommandParser.Parse("QUIT"));
        Assert.Equal(new Command.Feat(), CommandParser.Parse("FEAT"));
        Assert.Equal(new Command.Noop(), CommandParser.Parse("NOOP"));
        Assert.Equal(new Command.Stls(), CommandParser.Parse("STLS"));
    }

    [Theory]
    [InlineData("helo joe@192.0.2.7")]
    [InlineData("HeLo joe@192.0.2.7")]
    [InlineData("HELO    joe@192.0.2.7")]
    [InlineData("HELO joe@192.0.2.7   ")]
    public void Case_of_the_verb_and_number_of_spaces_do_not_count(string line) =>
        Assert.Equal(new Command.Helo(_joe), CommandParser.Parse(line));

    [Fact]
    public void Services_parameters_mechanisms_and_statuses_ignore_case_and_values_keep_theirs()
    {
        Assert.Equal(new Command.Setp(Service.Video, "select", "Joe"), CommandParser.Parse("setp VIDEO Select Joe"));
        Assert.Equal(new Command.Getp(Service.Audio, "mute"), CommandParser.Parse("GETP Audio MUTE"));
        Assert.Equal(new Command.Auth(AuthMechanism.Bearer, "AbC"), CommandParser.Parse("auth bearer AbC"));
        Assert.Equal(new Command.Stat(_joe, UserStatus.Hidden), CommandParser.Parse("stat joe@192.0.2.7 HIDDEN"));
    }

    [Theory]
    [InlineData("QUIT  ")]
    [InlineData("noop ")]
    [InlineData("FEAT   ")]
    public void Trailing_spaces_are_no_argument(string line) =>
        Assert.IsNotType<Command.Bad>(CommandParser.Parse(line));

    [Theory]
    [InlineData("SEND chat Hello", "Hello")]
    [InlineData("SEND chat  two before", " two before")]
    [InlineData("SEND chat two after  ", "two after  ")]
    [InlineData("SEND chat a  b   c", "a  b   c")]
    [InlineData("SEND   chat spaces before the service do not count", "spaces before the service do not count")]
    [InlineData("SEND chat  ", " ")]
    [InlineData("send chat SEND chat", "SEND chat")]
    [InlineData("SEND chat naïve 日本 🎈", "naïve 日本 🎈")]
    public void The_text_of_a_send_is_kept_as_it_is(string line, string text) =>
        Assert.Equal(new Command.Send(Service.Chat, text), CommandParser.Parse(line));

    [Theory]
    [InlineData("HELO")]
    [InlineData("HELO ")]
    [InlineData("HELO joe")]
    [InlineData("HELO joe@")]
    [InlineData("HELO @192.0.2.7")]
    [InlineData("HELO @")]
    [InlineData("HELO joe@192.0.2.7 extra")]
    [InlineData("STAT")]
    [InlineData("STAT joe")]
    [InlineData("STAT joe@192.0.2.7 asleep")]
    [InlineData("STAT joe@192.0.2.7 away extra")]
    [InlineData("CONN")]
    [InlineData("CONN video")]
    [InlineData("CONN joe@192.0.2.7")]
    [InlineData("CONN video joe")]
    [InlineData("CONN vid_eo joe@192.0.2.7")]
    [InlineData("CONN video joe@192.0.2.7 extra")]
    [InlineData("DCON")]
    [InlineData("DCON video")]
    [InlineData("DCON video joe@192.0.2.7 extra")]
    [InlineData("GETP")]
    [InlineData("GETP video")]
    [InlineData("GETP video rate 10")]
    [InlineData("SETP")]
    [InlineData("SETP video")]
    [InlineData("SETP video rate")]
    [InlineData("SETP video rate 10 20")]
    [InlineData("SETP 1video rate 10")]
    [InlineData("SEND")]
    [InlineData("SEND chat")]
    [InlineData("SEND chat ")]
    [InlineData("SEND ch@t hello")]
    [InlineData("LIST")]
    [InlineData("LIST standup")]
    [InlineData("LIST standup@192.0.2.7 extra")]
    [InlineData("AUTH")]
    [InlineData("AUTH ANONYMOUS")]
    [InlineData("AUTH KERBEROS joe")]
    [InlineData("AUTH ANONYMOUS joe extra")]
    [InlineData("QUIT now")]
    [InlineData("FEAT me")]
    [InlineData("NOOP noop")]
    [InlineData("STLS 1.3")]
    public void Missing_and_extra_arguments_are_told_the_usage(string line)
    {
        string verb = line[..4];
        var bad = Assert.IsType<Command.Bad>(CommandParser.Parse(line));
        Assert.Equal($"500 usage: {_usages[verb]}", bad.Answer.ToString());
        Assert.Equal(verb, bad.Verb.ToString().ToUpperInvariant());
    }

    [Fact]
    public void The_last_at_sign_divides_a_target() =>
        Assert.Equal(new Command.Helo(new Target("a@b", "[::1]")), CommandParser.Parse("HELO a@b@[::1]"));
}
