using System.Net;
using System.Text;
using Conference.Media.Web;
using Conference.Node.Web.Sdp;

namespace Conference.Fuzz.Tests;

/// <summary>Offers of any text: nothing throws, what is refused is refused in a sentence, and what is answered is well formed.</summary>
public sealed class SdpFuzzTests
{
    private const int InputsPerSeed = 100;

    private static readonly AnswerTransport _transport = new(
        "ours", "ourpasswordourpasswordxx", CertificateFingerprint.Of("certificate"u8), IPAddress.Parse("192.0.2.7"), 11443, HasUdp: true, HasTcp: true);

    private static readonly string[] _offers =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Offers"), "*.sdp").Order(StringComparer.Ordinal).Select(File.ReadAllText).Where(t => t.Length < 10_000)];

    private static readonly string[] _lines = [.. _offers.SelectMany(o => o.Split('\n')).Distinct()];

    [Fact]
    public void Offers_hold_for_any_text() => Fuzzing.Run(Fuzzing.Short, 1, Target);

    [Fact, Trait("Category", "Soak")]
    public void Offers_hold_for_any_text_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Target);

    private static void Target(int seed)
    {
        var bytes = new Mutator(seed, [.. _offers.Select(Encoding.Latin1.GetBytes)]);
        Random random = bytes.Random;
        for (int i = 0; i < InputsPerSeed; i++)
        {
            // Most changed bytes make it no SDP at all: whole lines that come, go and change places get further.
            string text = random.Next(4) == 0 ? Encoding.Latin1.GetString(bytes.Next()) : Shuffled(random);
            if (!Offer.TryRead(text, out Offer? offer, out string problem))
            {
                Assert.StartsWith("The offer", problem, StringComparison.Ordinal);
                Assert.EndsWith(".", problem, StringComparison.Ordinal);
                continue;
            }

            AnswerPlan plan = AnswerPlan.Make(
                offer, [HouseCodec.Vp8, HouseCodec.H264], line => random.Next(3) == 0 ? null : new AnswerSlot((uint)line.Index, (uint)line.Index + 500, "slot"));
            string answer = AnswerWriter.Write(plan, _transport, 1, 1);
            Assert.True(SdpSession.TryParse(answer, out SdpSession? read, out string wrong), wrong);
            Assert.Equal(offer.Lines.Count, read.Media.Count);
            Assert.Equal(plan.HasMedia ? 2 : 0, read.Media.Sum(m => m.Attributes.Count(a => a.Name == "candidate")));
            Assert.All(plan.UplinkTypes.Concat(plan.DownlinkTypes), t => Assert.InRange(t.Browser, 0, 127));
        }
    }

    private static string Shuffled(Random random)
    {
        List<string> lines = [.. _offers[random.Next(_offers.Length)].Split('\n')];
        for (int steps = random.Next(0, 12); steps > 0; steps--)
        {
            int at = random.Next(1, lines.Count);
            switch (random.Next(5))
            {
                case 0:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, lines[random.Next(lines.Count)]);
                    break;
                case 2:
                    lines.Insert(at, _lines[random.Next(_lines.Length)]);
                    break;
                case 3 when lines[at].Length > 3:
                    lines[at] = lines[at][..random.Next(2, lines[at].Length)];
                    break;
                default:
                    string other = _lines[random.Next(_lines.Length)];
                    if (lines[at].Length > 3 && other.Length > 3)
                        lines[at] = lines[at][..random.Next(2, lines[at].Length)] + other[random.Next(2, other.Length)..];
                    break;
            }
        }

        return string.Join('\n', lines);
    }
}
