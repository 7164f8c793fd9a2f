using System.Buffers;
using System.Text;
using Conference.Protocol.Addresses;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;

namespace Conference.Protocol.Commands;

/// <summary>
/// A line to a command. The grammar, whole:
/// <code>
/// command = verb *( 1*SP argument )          ; spaces at the end do not count
/// verb    = 4 ASCII letters, of any case
/// target  = name "@" host
/// </code>
/// except that SEND's text is everything behind one space, spaces and all. Nothing here throws: a line that is no
/// command becomes <see cref="Command.Bad"/> with its reply, or <see cref="Command.Foreign"/>.
/// </summary>
public static class CommandParser
{
    /// <summary>For what <see cref="LineFramer"/> cut off.</summary>
    public static Command Parse(in ReadOnlySequence<byte> line, LineKind kind) => kind switch
    {
        LineKind.TooLong => NoLine(line, Reply.LineTooLong),
        LineKind.Malformed => NoLine(line, Reply.MalformedLine),
        _ => Parse(Encoding.UTF8.GetString(line)),
    };

    /// <param name="line">One line without its ending and without control characters.</param>
    public static Command Parse(string line)
    {
        var command = ParseVerb(line);
        return command is Command.Bad && ForeignProtocols.OfLine(line) is { } protocol ? new Command.Foreign(protocol) : command;
    }

    /// <summary>A page chooses the path of its request: one that makes its first line too long must not hide what it is.</summary>
    private static Command NoLine(in ReadOnlySequence<byte> line, Reply reply) =>
        ForeignProtocols.OfLine(Encoding.Latin1.GetString(line)) is { } protocol ? new Command.Foreign(protocol) : new Command.Bad(Verb.Unknown, reply);

    private static Command ParseVerb(string line)
    {
        var (word, rest) = CutWord(line);
        // Some letters beyond ASCII have ASCII capitals; they spell no verb.
        if (word.Length != 4 || !Ascii.IsValid(word))
            return new Command.Bad(Verb.Unknown, Reply.UnknownCommand);
        return word.ToUpperInvariant() switch
        {
            "HELO" => Helo(rest),
            "STAT" => Stat(rest),
            "CONN" => Conn(rest),
            "DCON" => Dcon(rest),
            "GETP" => Getp(rest),
            "SETP" => Setp(rest),
            "SEND" => Send(rest),
            "QUIT" => Alone(rest, new Command.Quit(), "QUIT"),
            "FEAT" => Alone(rest, new Command.Feat(), "FEAT"),
            "NOOP" => Alone(rest, new Command.Noop(), "NOOP"),
            "LIST" => List(rest),
            "AUTH" => Auth(rest),
            "STLS" => Alone(rest, new Command.Stls(), "STLS"),
            _ => new Command.Bad(Verb.Unknown, Reply.UnknownCommand),
        };
    }

    // helo = "HELO" SP target                      HELO joe@192.0.2.7
    private static Command Helo(string rest) =>
        Arguments(rest) is [var who] && Target.TryParse(who, out var target)
            ? new Command.Helo(target)
            : Usage(Verb.Helo, "HELO <user>@<host>");

    // stat = "STAT" SP target [ SP status ]        STAT joe@192.0.2.7 away
    private static Command Stat(string rest)
    {
        var arguments = Arguments(rest);
        if (arguments.Length is 1 or 2 && Target.TryParse(arguments[0], out var target))
        {
            if (arguments.Length == 1)
                return new Command.Stat(target, null);
            if (UserStatusText.TryParse(arguments[1], out var status))
                return new Command.Stat(target, status);
        }

        return Usage(Verb.Stat, "STAT <user>@<host> [online|away|busy|hidden]");
    }

    // conn = "CONN" SP service SP target           CONN video joe@192.0.2.7
    private static Command Conn(string rest) =>
        TryServiceAndTarget(rest, out var service, out var target)
            ? new Command.Conn(service, target)
            : Usage(Verb.Conn, "CONN <service> <user>@<host>");

    // dcon = "DCON" SP service SP target           DCON video joe@192.0.2.7
    private static Command Dcon(string rest) =>
        TryServiceAndTarget(rest, out var service, out var target)
            ? new Command.Dcon(service, target)
            : Usage(Verb.Dcon, "DCON <service> <user>@<host>");

    // getp = "GETP" SP service SP parameter        GETP video rate
    private static Command Getp(string rest) =>
        Arguments(rest) is [var name, var parameter] && Service.TryParse(name, out var service)
            ? new Command.Getp(service, parameter.ToLowerInvariant())
            : Usage(Verb.Getp, "GETP <service> <parameter>");

    // setp = "SETP" SP service SP parameter SP value   SETP video rate 10
    // setp = "SETP" SP "room" SP parameter SP text      SETP room title Weekly standup
    private static Command Setp(string rest)
    {
        var (name, tail) = CutWord(rest.TrimStart(' '));
        var (parameter, text) = CutWord(tail.TrimStart(' '));
        string value = text.Trim(' ');
        return value.Length > 0 && Service.TryParse(name, out var service) && (service == Service.Room || !value.Contains(' ', StringComparison.Ordinal))
            ? new Command.Setp(service, parameter.ToLowerInvariant(), value)
            : Usage(Verb.Setp, "SETP <service> <parameter> <value>");
    }

    // send = "SEND" SP service SP text             SEND chat Hello Joe!
    private static Command Send(string rest)
    {
        var (name, text) = CutWord(rest.TrimStart(' '));
        return text.Length > 0 && Service.TryParse(name, out var service)
            ? new Command.Send(service, text)
            : Usage(Verb.Send, "SEND <service> <text>");
    }

    // list = "LIST" SP target                      LIST standup@192.0.2.7
    private static Command List(string rest) =>
        Arguments(rest) is [var room] && Target.TryParse(room, out var target)
            ? new Command.List(target)
            : Usage(Verb.List, "LIST <room>@<host>");

    // auth = "AUTH" SP mechanism SP credential     AUTH ANONYMOUS joe
    private static Command Auth(string rest)
    {
        if (Arguments(rest) is [var mechanism, var credential] && Ascii.IsValid(mechanism))
        {
            switch (mechanism.ToUpperInvariant())
            {
                case "ANONYMOUS":
                    return new Command.Auth(AuthMechanism.Anonymous, credential);
                case "PLAIN":
                    return new Command.Auth(AuthMechanism.Plain, credential);
                case "BEARER":
                    return new Command.Auth(AuthMechanism.Bearer, credential);
                case "RESUME":
                    return new Command.Auth(AuthMechanism.Resume, credential);
            }
        }

        return Usage(Verb.Auth, "AUTH PLAIN|BEARER|ANONYMOUS|RESUME <credential>");
    }

    private static Command Alone(string rest, Command command, string verb) =>
        Arguments(rest).Length == 0 ? command : Usage(command.Verb, verb);

    private static Command.Bad Usage(Verb verb, string usage) => new(verb, Reply.Usage(usage));

    private static bool TryServiceAndTarget(string rest, out Service service, out Target target)
    {
        target = null!;
        service = default;
        return Arguments(rest) is [var name, var who]
            && Service.TryParse(name, out service) && Target.TryParse(who, out target!);
    }

    private static string[] Arguments(string rest) => rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (string Word, string Tail) CutWord(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (text, "") : (text[..space], text[(space + 1)..]);
    }
}
