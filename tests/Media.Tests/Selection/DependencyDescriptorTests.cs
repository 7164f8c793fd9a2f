using Conference.Media.Codecs;
using Conference.Protocol.Rtp;

namespace Conference.Media.Tests.Selection;

/// <summary>AV1 by its dependency descriptor: which layer, which keyframe, where one may go up.</summary>
public sealed class DependencyDescriptorTests
{
    // Chrome's, three spatial and three temporal layers; first a keyframe's lowest layer.
    private const string ChromeL3T3 =
        "c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d";

    // Chrome's, two temporal layers.
    private const string ChromeL1T2 = "8000018001 1ea851 41010c04fc03bc";

    [Fact]
    public void What_chrome_sends_is_read()
    {
        var descriptor = new DependencyDescriptor();
        (FrameMarks, int)[] read = [.. new[] { ChromeL3T3, "86017340fc", "46017340fc", "c3017540fc", "88017640fc", "48017640fc", "c2017840fc" }.Select(hex =>
        {
            Assert.True(Read(descriptor, hex, out FrameFacts facts), hex);
            return (facts.Marks, (int)facts.TemporalLayer);
        })];
        Assert.Equal(
            [
                (FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 0), (FrameMarks.None, 0), (FrameMarks.None, 0),
                (FrameMarks.Start, 2), (FrameMarks.None, 2), (FrameMarks.None, 2), (FrameMarks.Start, 1),
            ],
            read);

        descriptor = new DependencyDescriptor();
        Assert.True(Read(descriptor, ChromeL1T2, out FrameFacts key));
        Assert.Equal((FrameMarks.Start | FrameMarks.Keyframe | FrameMarks.SwitchPoint, 1), (key.Marks, key.SwitchTo));
        Assert.True(Read(descriptor, "020002", out FrameFacts next));
        Assert.Equal((FrameMarks.None, 1), (next.Marks, next.TemporalLayer));
    }

    [Fact]
    public void Layers_and_where_to_go_up_are_those_that_were_written()
    {
        var source = new Av1Source(1111);
        var descriptor = new DependencyDescriptor();
        var read = Enumerable.Range(0, 5).Select(_ =>
        {
            byte[] first = source.Next()[0];
            Assert.True(RtpPacket.TryParse(first, out RtpPacket packet));
            Assert.True(descriptor.TryRead(packet, first, out FrameFacts facts));
            Assert.True(facts.Is(FrameMarks.Start));
            return (facts.TemporalLayer, facts.SwitchTo, facts.Is(FrameMarks.Keyframe));
        });
        Assert.Equal([(0, 2, true), (2, 0, false), (1, 2, false), (2, 0, false), (0, 2, false)], read.Select(r => ((int)r.TemporalLayer, (int)r.SwitchTo, r.Item3)));
    }

    [Fact]
    public void Without_a_structure_there_is_nothing_to_know()
    {
        var descriptor = new DependencyDescriptor();
        Assert.False(Read(descriptor, "860173", out _));
        Assert.True(Read(descriptor, ChromeL1T2, out _));
        // A template that the structure does not have; another element's id.
        Assert.False(Read(descriptor, "bf0002", out _));
        Assert.False(Read(descriptor, "800002", out _, id: 9));
    }

    [Fact]
    public void Every_truncation_is_no_structure_and_spoils_none()
    {
        byte[] whole = Convert.FromHexString(ChromeL3T3);
        var descriptor = new DependencyDescriptor();
        Assert.True(Read(descriptor, ChromeL3T3, out _));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(length == 3, Read(descriptor, Convert.ToHexString(whole, 0, length), out _));
            Assert.False(Read(new DependencyDescriptor(), Convert.ToHexString(whole, 0, length), out _));
            Assert.True(Read(descriptor, "c30175", out FrameFacts facts));
            Assert.Equal(2, facts.TemporalLayer);
        }

        // More than belongs there is something else.
        Assert.False(Read(new DependencyDescriptor(), ChromeL3T3 + "00", out _));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(15, 15)]
    [InlineData(8, 7.5)]
    public void Layers_make_the_rate_without_a_broken_frame(int rate, double expected)
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: RateTests.Rate(rate));
        var source = new Av1Source(1111);
        Run(room, alice, source, 300);
        Decodes(source, bob);
        Assert.InRange(FramesOf(bob).Count(f => f >= 60) / 8.0, expected * 0.9, expected * 1.1);
    }

    [Fact]
    public void One_goes_up_where_the_sender_says_so_and_not_at_keyframes_only()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: RateTests.Rate(8));
        var source = new Av1Source(1111);
        Run(room, alice, source, 120);
        int keyframes = source.KeyframesSent;
        bob.Want(RateTests.Rate(15));
        Run(room, alice, source, 120);
        bob.Want(RateTests.Rate(30));
        Run(room, alice, source, 120);
        Decodes(source, bob);
        Assert.Equal(keyframes, source.KeyframesSent);
        Assert.InRange(FramesOf(bob).Count(f => f is >= 120 and < 240), 55, 61);
        Assert.InRange(FramesOf(bob).Count(f => f >= 240), 114, 120);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var descriptor = new DependencyDescriptor();
        byte[] key = Packet(ChromeL3T3, 4);
        byte[] next = Packet("c30175", 4);
        Assert.True(RtpPacket.TryParse(key, out RtpPacket keyPacket));
        Assert.True(RtpPacket.TryParse(next, out RtpPacket nextPacket));
        descriptor.TryRead(keyPacket, key, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            descriptor.TryRead(keyPacket, key, out _);
            descriptor.TryRead(nextPacket, next, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Run(SelectionRoom room, SimulatedMember sender, Av1Source source, int frames)
    {
        int asked = sender.KeyframeRequests.Count();
        for (int i = 0; i < frames; i++)
        {
            int requests = sender.KeyframeRequests.Count();
            source.WantsKeyframe |= requests > asked;
            asked = requests;
            sender.Send(source.Next());
            room.Advance(33.333);
        }
    }

    private static int[] FramesOf(SimulatedMember member) => [.. member.Rtp.Select(Av1Source.FrameOf).Distinct()];

    /// <summary>Numbers are gapless, every frame is whole, and all it refers to was there before.</summary>
    private static void Decodes(Av1Source source, SimulatedMember member)
    {
        ushort[] numbers = [.. member.Rtp.Select(p => (ushort)((p[2] << 8) | p[3]))];
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.Equal((ushort)(pair.First + 1), pair.Second));
        Assert.All(member.Rtp.GroupBy(Av1Source.FrameOf), frame => Assert.Equal(2, frame.Count()));
        HashSet<int> had = [];
        foreach (int frame in FramesOf(member))
        {
            Assert.True(source.Frames[frame].RefersTo is not { } other || had.Contains(other), $"frame {frame} lacks what it refers to; had {string.Join(' ', had)}");
            had.Add(frame);
        }
    }

    private static bool Read(DependencyDescriptor descriptor, string hex, out FrameFacts facts, byte id = 4)
    {
        byte[] bytes = Packet(hex, id);
        Assert.True(RtpPacket.TryParse(bytes, out RtpPacket packet));
        return descriptor.TryRead(packet, bytes, out facts);
    }

    /// <summary>Behind an element of another kind, in the two-byte form.</summary>
    private static byte[] Packet(string hex, byte id)
    {
        byte[] element = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        byte[] elements = [1, 1, 0x85, 0, id, (byte)element.Length, .. element];
        int words = (elements.Length + 3) / 4;
        return [0x90, 45, 0, 1, 0, 0, 0, 1, 0, 0, 0, 5, 0x10, 0, (byte)(words >> 8), (byte)words, .. elements, .. new byte[(4 * words) - elements.Length], 1, 2, 3];
    }
}
