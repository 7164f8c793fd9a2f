using Conference.Media;
using Conference.Media.Tests.Selection;
using Conference.Media.Tests.Support;

namespace Conference.Fuzz.Tests;

/// <summary>Rooms in which members come, go, change their minds and send mutated packets: nothing throws, and an honest stream that everyone
/// gets whole stays whole.</summary>
public sealed class SelectorFuzzTests
{
    private const int Steps = 1_500;

    [Fact]
    public void Rooms_hold_for_any_members() => Fuzzing.Run(Fuzzing.Short, 1, Target);

    [Fact, Trait("Category", "Soak")]
    public void Rooms_hold_for_any_members_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Target);

    internal static void Target(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        Random random = mutator.Random;
        var room = new SelectionRoom();
        SimulatedMember honest = room.Join();
        SimulatedMember witness = room.Join();
        var source = new Vp8Source(987_654_321, 0, 2, 2, 1, 2, 2);
        List<byte[]> sent = [];
        List<SimulatedMember> members = [room.Join(), room.Join(layers: [(1111, 100), (2222, 400), (3333, 900)]), room.Join("audio"), room.Join("audio")];
        for (int step = 0; step < Steps; step++)
        {
            SimulatedMember member = members[random.Next(members.Count)];
            switch (random.Next(40))
            {
                case 0 when members.Count < 12:
                    members.Add(room.Join(random.Next(3) == 0 ? "audio" : "video", Wants(random)));
                    break;
                case 1 when members.Count > 4:
                    members.Remove(member);
                    room.Leave(member);
                    break;
                case 2 or 3:
                    member.Wants = Wants(random);
                    member.Muted = random.Next(8) == 0;
                    room.Apply();
                    break;
                case 4:
                    member.Layers = random.Next(2) == 0 ? [] : [new SimulcastLayer(new Ssrc(1111), 100), new SimulcastLayer(new Ssrc(2222), 500)];
                    room.Apply();
                    break;
                case < 12:
                    List<byte[]> frame = source.Next();
                    sent.AddRange(frame);
                    honest.Send(frame);
                    room.Advance(33);
                    break;
                default:
                    member.Send([.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => mutator.Next()).Where(b => b.Length < 2000)]);
                    room.Advance(random.NextDouble() * 20);
                    break;
            }
        }

        // The witness asked for nothing, so what the honest one sent has reached it byte for byte.
        Assert.Equal(sent, witness.Rtp.Where(p => Packets.SsrcOf(p) == 987_654_321 && p.Length == sent[0].Length && p[1] is 96 or 224));
    }

    private static MediaPreferences Wants(Random random) => new(
        random.Next(4) switch
        {
            0 => new MediaSelection.Speakers(random.Next(1, 4)),
            1 => new MediaSelection.Only(new ParticipantId(random.Next(1, 6))),
            _ => MediaSelection.All,
        },
        random.Next(2) == 0 ? null : random.Next(1, 60),
        random.Next(101),
        random.Next(2) == 0 ? null : random.Next(1, 2000));
}
