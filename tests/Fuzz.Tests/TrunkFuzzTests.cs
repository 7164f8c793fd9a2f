using Conference.Media;
using Conference.Media.Forwarding;
using Conference.Media.Tests.Selection;
using Conference.Media.Tests.Support;
using Conference.Media.Tests.Trunks;
using Conference.Media.Trunks;

namespace Conference.Fuzz.Tests;

/// <summary>Nodes whose members come, go and send mutated packets, whose peers seal nonsense, on a network that changes, repeats and makes up
/// datagrams: nothing throws, and an honest stream reaches the other nodes whole.</summary>
public sealed class TrunkFuzzTests
{
    private const int Steps = 1_000;

    [Fact]
    public void Nodes_hold_for_any_datagram() => Fuzzing.Run(Fuzzing.Short, 1, Target);

    [Fact, Trait("Category", "Soak")]
    public void Nodes_hold_for_any_datagram_for_long() => Fuzzing.Run(Fuzzing.Long, 1_000_000, Target);

    internal static void Target(int seed)
    {
        var mutator = new Mutator(seed, Corpus.All);
        Random random = mutator.Random;
        var cluster = new SimulatedCluster(3);
        SimulatedMember honest = cluster.Join(0);
        SimulatedMember witness = cluster.Join(1);
        var source = new Vp8Source(987_654_321, 0, 2, 2, 1, 2, 2);
        List<byte[]> sent = [];
        List<(int Node, SimulatedMember Member)> members = [(0, cluster.Join(0)), (1, cluster.Join(1)), (2, cluster.Join(2)), (2, cluster.Join(2, "audio"))];
        List<byte[]> recorded = [];
        cluster.Path = (_, _, datagram) => Disturbed(datagram, recorded, random);
        for (int step = 0; step < Steps; step++)
        {
            (int node, SimulatedMember member) = members[random.Next(members.Count)];
            switch (random.Next(40))
            {
                case 0 when members.Count < 12:
                    node = random.Next(3);
                    members.Add((node, cluster.Join(node, random.Next(3) == 0 ? "audio" : "video")));
                    break;
                case 1 when members.Count > 4:
                    members.Remove((node, member));
                    cluster.Leave(member);
                    break;
                case 2:
                    member.Wants = new MediaPreferences(random.Next(2) == 0 ? MediaSelection.All : new MediaSelection.Speakers(random.Next(1, 4)), random.Next(5, 60));
                    member.Muted = random.Next(8) == 0;
                    member.Layers = random.Next(2) == 0 ? [] : [new SimulcastLayer(new Ssrc(1111), 100), new SimulcastLayer(new Ssrc(2222), 500)];
                    cluster.Apply();
                    break;
                case 3:
                    cluster[random.Next(2)].OfferTo(cluster[2]);
                    break;
                case < 8:
                    byte[] stranger = new byte[random.Next(0, 100)];
                    random.NextBytes(stranger);
                    cluster[random.Next(3)].Room.Receive(stranger);
                    break;
                case < 14:
                    Seal(cluster[2], cluster[random.Next(2)], mutator.Next(), members, random);
                    break;
                case < 22:
                    List<byte[]> frame = source.Next();
                    sent.AddRange(frame);
                    honest.Send(frame);
                    cluster[0].Room.Advance(33);
                    break;
                default:
                    member.Send([.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => mutator.Next()).Where(b => b.Length < 2000)]);
                    cluster[0].Room.Advance(random.NextDouble() * 20);
                    break;
            }
        }

        // Its copies are disturbed, but each is there once as it was.
        Assert.Equal(sent, witness.Rtp.Where(p => Packets.SsrcOf(p) == 987_654_321 && p.Length == sent[0].Length && p[1] is 96 or 224));
    }

    /// <summary>A datagram, and before or behind it copies that are old, cut or changed.</summary>
    private static List<byte[]> Disturbed(byte[] datagram, List<byte[]> recorded, Random random)
    {
        List<byte[]> arriving = [datagram];
        if (recorded.Count < 500)
            recorded.Add([.. datagram]);
        for (int extra = random.Next(-2, 3); extra > 0; extra--)
        {
            byte[] other = [.. recorded[random.Next(recorded.Count)]];
            if (random.Next(2) == 0)
                other[random.Next(other.Length)] ^= (byte)random.Next(1, 256);
            arriving.Insert(arriving.IndexOf(datagram) + 1, random.Next(2) == 0 ? other : other[..random.Next(other.Length)]);
        }

        return arriving;
    }

    /// <summary>A peer that seals whatever it likes, for whatever port.</summary>
    private static void Seal(SimulatedNode from, SimulatedNode to, byte[] bytes, List<(int Node, SimulatedMember Member)> members, Random random)
    {
        TrunkPeer peer = from.Table.Use(to.Id);
        uint port = random.Next(4) == 0 ? (uint)random.Next() : TrunkDatagram.LabelOf(members[random.Next(members.Count)].Member.Port.Id);
        byte[] into = new byte[bytes.Length + TrunkDatagram.Overhead];
        if (peer.SendingKeyOf(0)!.TrySeal(0, port, random.Next(2) == 0, bytes, into))
            to.Room.Receive(into);
        from.Table.Release(peer);
    }
}
