using System.Buffers;
using System.Text;
using Conference.Protocol.Commands;
using Conference.Protocol.Framing;
using Conference.Protocol.Replies;
using Conference.Protocol.Session;
using Conference.Protocol.Tests.Session;
using FsCheck;
using FsCheck.Fluent;

namespace Conference.Protocol.Tests.Hostile;

/// <summary>The whole way from bytes to replies, with somebody who means harm at the other end.</summary>
public sealed class HostileSessionTests
{
    private static readonly string[] _pieces =
    [
        "HELO ", "STAT ", "CONN video ", "DCON video ", "GETP video ", "SETP video select ", "SEND chat ", "LIST ", "AUTH ANONYMOUS ", "AUTH PLAIN ", "AUTH BEARER ", "NOOP", "joe", "@",
        "127.0.0.1", "[::1]", "[", "]", ":", "%", " ", "  ", "\uFFFE", "\uFFFF", "\uFDD0", "\U0001FFFE", "\u0130", "\u0301", "\uFDFA", "\u200D", "\u202E",
        "\u009B", "guest-", "日", "\r", "\t", "\0", "{0}", "%s%n", "'; --", "../..", "\u2028",
    ];

    [Fact]
    public void Any_bytes_at_all_are_answered_line_by_line_and_nothing_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var framer = new LineFramer();
            var session = new SessionDriver(link: new LinkSecurity(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0));
            for (int i = 0; i < 40 && !session.Machine.IsClosed; i++)
            {
                byte[] bytes = random.Next(3) == 0 ? Noise(random) : Encoding.UTF8.GetBytes(Line(random));
                var buffer = new ReadOnlySequence<byte>([.. bytes, (byte)'\n']);
                while (framer.TryRead(ref buffer, out var line, out var kind))
                {
                    int before = session.Answered.Count;
                    session.Machine.Receive(CommandParser.Parse(line, kind));
                    foreach (var reply in session.TakeReplies())
                        AssertOneLine(reply);
                    Assert.True(session.Machine.IsClosed || session.Answered.Count == before + 1);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    /// <summary>Nothing a client says may come back as a line of its own making.</summary>
    private static void AssertOneLine(Reply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(output, reply);
        Assert.InRange(output.WrittenCount, 6, ReplyWriter.MaxBytes);
        Assert.Equal(output.WrittenCount - 1, output.WrittenSpan.IndexOf((byte)'\n'));
        Assert.Equal(output.WrittenCount - 2, output.WrittenSpan.IndexOf((byte)'\r'));
    }

    private static string Line(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(i => _pieces[i == 0 ? random.Next(12) : random.Next(_pieces.Length)]));

    private static byte[] Noise(Random random)
    {
        byte[] noise = new byte[random.Next(random.Next(10) == 0 ? 3000 : 30)];
        random.NextBytes(noise);
        return noise;
    }
}
