using System.Globalization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;
using Conference.Protocol.Tests.Replies;
using Conference.Protocol.Tests.Session;

namespace Conference.Protocol.Tests.Transcripts;

/// <summary>What docs/protocol.md says is what the code does. That a node does it too, the replay shows.</summary>
public sealed class ProtocolDocumentTests
{
    /// <summary>Codes no transcript shows: 113 takes sound, 212 anything that is sent, behind 220 comes no text, 114 is not sent yet, 118 and 119
    /// are a browser's, 122 takes a datagram.</summary>
    private static readonly int[] _unheard = [113, 114, 118, 119, 122, 212, 220];

    /// <summary>What each verb may be answered with.</summary>
    private static readonly Dictionary<Verb, int[]> _answers = new()
    {
        [Verb.Helo] = [201, 501],
        [Verb.Stat] = [202, 402, 502, 503],
        [Verb.Conn] = [303, 503],
        [Verb.Dcon] = [304],
        [Verb.Getp] = [310, 503, 510],
        [Verb.Setp] = [310, 503, 510],
        [Verb.Quit] = [421],
        [Verb.Feat] = [210],
        [Verb.Noop] = [200],
        [Verb.List] = [211, 503],
        [Verb.Auth] = [204, 504],
        [Verb.Stls] = [220, 504],
    };

    public static TheoryData<string> Titles { get; } = [.. ProtocolDocument.Transcripts.Select(t => t.Title)];

    public static TheoryData<Verb> Verbs { get; } = [.. Enum.GetValues<Verb>().Where(v => v != Verb.Unknown)];

    public static TheoryData<int> Codes { get; } = [.. ReplyTests.Forms.Select(row => row.Data.Item2.Code).Distinct()];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_is_described_said_in_a_transcript_and_in_the_grammar(Verb verb)
    {
        string word = verb.ToString().ToUpperInvariant();
        Assert.Contains(Said(), command => command.Verb == verb && command is not Command.Bad);
        Assert.Contains($"\n{word.ToLowerInvariant()}      = \"{word}\"", ProtocolDocument.Text, StringComparison.Ordinal);
        Assert.Contains($"`{word}", ProtocolDocument.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_reply_has_its_row_and_all_that_are_sent_stand_in_a_transcript(int code)
    {
        string digits = code.ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"\n| {digits} | ", ProtocolDocument.Text, StringComparison.Ordinal);
        bool heard = ProtocolDocument.Transcripts.SelectMany(t => t.Steps).OfType<TranscriptStep.Receives>()
            .Any(step => step.Pattern.StartsWith(digits, StringComparison.Ordinal));
        Assert.Equal(!_unheard.Contains(code), heard);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void A_transcript_makes_sense(string title)
    {
        var transcript = ProtocolDocument.Transcripts.Single(t => t.Title == title);
        var waiting = new Dictionary<string, Queue<Command>>();
        foreach (var step in transcript.Steps)
        {
            switch (step)
            {
                case TranscriptStep.Connects:
                    waiting.Add(step.Client, []);
                    break;
                case TranscriptStep.Sends sends:
                    var command = CommandParser.Parse(sends.Text);
                    if (command is not Command.Send)
                        waiting[step.Client].Enqueue(command);
                    break;
                case TranscriptStep.Receives receives:
                    Assert.True(Reply.TryParse(receives.Pattern, out var reply), $"line {step.Line}: no reply");
                    if (reply.Code is >= 200 and not 203)
                        Answer(waiting[step.Client], reply, step.Line);
                    break;
                case TranscriptStep.IsClosed:
                    Assert.DoesNotContain(waiting[step.Client], c => c is Command.Quit);
                    waiting[step.Client].Clear();
                    break;
            }
        }

        Assert.All(waiting.Values, Assert.Empty);
    }

    /// <summary>A bad line is answered 500 and a good one is not, by a code of its verb's.</summary>
    private static void Answer(Queue<Command> waiting, Reply reply, int line)
    {
        Assert.True(waiting.TryPeek(out var command), $"line {line}: nobody asked");
        if (command is Command.Bad bad)
            Assert.Equal(bad.Answer, reply);
        else if (command is Command.Foreign)
            Assert.Equal(Reply.ClosingCode, reply.Code);
        else
            Assert.Contains(reply.Code, _answers[command.Verb]);
        if (reply.Code != 211 || reply == Reply.MembersEnd)
            waiting.Dequeue();
    }

    [Fact]
    public void Every_usage_line_stands_in_it() =>
        Assert.All(
            Verbs.Select(row => row.Data.ToString().ToUpperInvariant()).Except(["FEAT", "NOOP", "STLS"]),
            verb => Assert.Contains($"< {((Command.Bad)CommandParser.Parse($"{verb} ? ? ? ?".Replace("SEND ? ?", "SEND", StringComparison.Ordinal))).Answer}",
                ProtocolDocument.Text, StringComparison.Ordinal));

    [Fact]
    public void Its_numbers_are_those_of_the_code()
    {
        Row("a line, its ending not counted", LineFramer.MaxBytes, "bytes");
        Row("commands waiting for their turn", SessionPolicy.MaxPending, "|");
        Row("mistakes in a row", SessionPolicy.MaxErrors, "|");
        Row("`CONN`s of one session", SessionPolicy.MaxConnections, "|");
        Row("a name", Name.MaxBytes, "bytes");
        Row("a host", ServedHosts.MaxLength, "characters");
        Row("a service", Service.MaxLength, "characters");
        Row("a room's title", RoomSetting.MaxTitleBytes, "bytes");
        Row("a room's message of the day", RoomSetting.MaxMotdBytes, "bytes");
        Row("a password of a room, an invitation", RoomPass.MaxBytes, "bytes");
        Holds($"at most {ReplyWriter.MaxBytes:N0} bytes");
        Holds($"so it has at most {LineFramer.MaxBytes - "AUTH BEARER ".Length:N0} bytes");
        Holds($"at most {SessionGrants.MaxRooms}. Without it: all");

        static void Row(string what, int number, string unit) => Holds($"| {what} | {number:N0} {unit}");
    }

    [Fact]
    public void Its_parameters_have_the_ranges_and_defaults_of_the_code()
    {
        var defaults = ServiceParameters.Default;
        Holds($"| `rate` | 1 to {ServiceParameters.MaxRate} | {defaults.Rate} |");
        Holds($"| `compression` | 0 to 100 | {defaults.Compression} |");
        Holds($"| `bitrate` | 0 to {ServiceParameters.MaxBitrate} | {defaults.Bitrate} |");
        Holds($"| `select` | `all`, `speaker`, `speaker:1` to `speaker:{SourceSelection.MaxSpeakers}`, a user's name | `{defaults.Selection}` |");
        Holds($"| `mute` | `on`, `off` | `{defaults.Get("mute")}` |");
        Holds($"| `layers` | `none`, or {SimulcastLayers.Fewest} to {SimulcastLayers.Most} of `<ssrc>:<kbit/s>`, comma separated | `{defaults.Layers}` |");
        Holds($"| `session events` | `on`, `off` | `{SessionOptions.Default.Get(Service.Session, "events")}` |");
        Holds($"| `session details` | `on`, `off` | `{SessionOptions.Default.Get(Service.Session, "details")}` |");
        Holds($"| `session ports` | `plain`, `udp` | `{SessionOptions.Default.Get(Service.Session, "ports")}` |");
        Assert.All(RoomSetting.Readable.Concat(RoomSetting.Writable), p => Assert.Matches($"(room |`){p}[ `]", ProtocolDocument.Text));
        Holds($"| `chat sender` | `on`, `off` | `{SessionOptions.Default.Get(Service.Chat, "sender")}` |");
    }

    [Fact]
    public void Its_features_are_those_of_the_code() => Holds($"joe< {Assert.Single(new SessionDriver().Say("FEAT"))}");

    private static IEnumerable<Command> Said() =>
        ProtocolDocument.Transcripts.SelectMany(t => t.Steps).OfType<TranscriptStep.Sends>().Select(s => CommandParser.Parse(s.Text));

    private static void Holds(FormattableString text) =>
        Assert.Contains(text.ToString(CultureInfo.InvariantCulture), ProtocolDocument.Text, StringComparison.Ordinal);
}
