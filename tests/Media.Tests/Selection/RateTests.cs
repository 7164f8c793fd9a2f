namespace Conference.Media.Tests.Selection;

/// <summary><c>rate</c>: whole frames, none without its references, numbers without a gap.</summary>
public sealed class RateTests
{
    private static readonly int[] _pattern = [0, 2, 2, 1, 2, 2];

    [Theory]
    [InlineData(30, 30)]
    [InlineData(10, 10)]
    [InlineData(5, 5)]
    [InlineData(20, 10)]
    [InlineData(240, 30)]
    public void Layers_make_the_rate_without_a_broken_frame(int rate, int expected)
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(rate));
        var source = new Vp8Source(1111, _pattern);
        Run(room, alice, source, seconds: 10);

        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
        Assert.Equal(0, sink.Missing);
        Decodes(frames);
        // The first second is for measuring.
        Assert.InRange(frames.Count(f => f.Number >= 60) / 8.0, expected * 0.9, expected * 1.1);
        Numbered(frames);
    }

    [Theory]
    [InlineData(1, 0, 0, 0.05)]
    [InlineData(2, 0.02, 0, 0)]
    [InlineData(3, 0, 0.05, 0.05)]
    [InlineData(4, 0.05, 0.05, 0.05)]
    [InlineData(5, 0.02, 0.02, 0.2)]
    public void Over_a_bad_path_nothing_is_missing_that_was_not_lost(int seed, double loss, double duplicate, double reorder)
    {
        foreach (int rate in new[] { 5, 10, 30 })
        {
            var room = new SelectionRoom();
            SimulatedMember alice = room.Join();
            SimulatedMember bob = room.Join(wants: Rate(rate));
            var source = new Vp8Source(1111, _pattern);
            Run(room, alice, source, seconds: 20, path: new BadPath(seed, loss, duplicate, reorder));

            (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
            Assert.Equal(0, sink.Duplicates);
            if (loss == 0)
            {
                // Late packets of what is held back leave no hole either.
                Assert.Equal(0, sink.Missing);
                Decodes(frames);
                Assert.InRange(frames.Count / 20.0, rate * 0.85, rate * 1.1);
            }

            Assert.True(sink.Missing <= 20 * 90 * loss * 2, $"{sink.Missing} missing");
        }
    }

    [Fact]
    public void Without_layers_frames_come_in_runs_that_begin_with_a_keyframe()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(10));
        var source = new Vp8Source(1111) { HasDescriptor = false };
        Run(room, alice, source, seconds: 20, honoursRequests: true);

        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
        Assert.Equal(0, sink.Missing);
        Decodes(frames);
        Assert.InRange(frames.Count / 20.0, 8, 11);
        Assert.InRange(alice.KeyframeRequests.Count(), 10, 25);
    }

    [Fact]
    public void A_stream_is_not_thinned_where_nobody_asked()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join();
        var source = new Vp8Source(1111, _pattern) { FramesPerSecond = 60 };
        List<byte[]> sent = Run(room, alice, source, seconds: 2);
        Assert.Equal(sent, bob.Rtp);
        Assert.Null(bob.Port.Tracks);
    }

    [Fact]
    public void Asking_and_taking_back_in_mid_stream_leaves_no_gap_and_no_broken_frame()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join();
        var source = new Vp8Source(1111, _pattern);
        Run(room, alice, source, 3);
        bob.Want(Rate(5));
        Run(room, alice, source, 3);
        bob.Want(MediaPreferences.Default);
        Run(room, alice, source, 3);
        bob.Want(Rate(10));
        Run(room, alice, source, 3);

        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
        Assert.Equal(0, sink.Missing);
        Decodes(frames);
        Numbered(frames);
        Assert.InRange(frames.Count, (30 + 5 + 30 + 10) * 3 - 20, (30 + 5 + 30 + 10) * 3 + 20);
    }

    [Fact]
    public void Leaving_one_out_and_taking_it_back_reuses_no_number()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join();
        SimulatedMember carol = room.Join();
        var source = new Vp8Source(1111);
        Run(room, alice, source, 1);
        bob.Want(new MediaPreferences(new MediaSelection.Only(carol.Participant)));
        carol.Send("something"u8.ToArray());
        Run(room, alice, source, 1);
        bob.Want(MediaPreferences.Default);
        Run(room, alice, source, 2, honoursRequests: true);
        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
        Assert.Equal(0, sink.Missing);
        Assert.Equal(0, sink.Duplicates);
        Assert.Contains(frames.Skip(1), f => f.IsKeyframe);
    }

    [Fact]
    public void A_sender_that_starts_again_at_other_numbers_goes_on_without_a_gap()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(30));
        var source = new Vp8Source(1111, _pattern);
        Run(room, alice, source, 3);
        source.Sequence += 30_000;
        source.Timestamp += 1_000_000_000;
        source.WantsKeyframe = true;
        Run(room, alice, source, 3);
        (Vp8Sink sink, List<Vp8Sink.Frame> frames) = Read(bob);
        Assert.Equal(0, sink.Missing);
        Assert.InRange(frames.Count, 170, 180);
    }

    [Fact]
    public void Pictures_nobody_refers_to_are_left_out_of_h264()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(15));
        ushort sequence = 100;
        alice.Send(Parameters(sequence++));
        for (int frame = 0; frame < 300; frame++)
        {
            byte nal = frame % 60 == 0 ? (byte)0x65 : frame % 2 == 0 ? (byte)0x61 : (byte)0x01;
            alice.Send(RtpOf(102, sequence++, (uint)(frame * 3000), nal));
            room.Advance(33.333);
        }

        int[] kinds = [.. bob.Rtp.Skip(60).Select(p => p[12] & 0x60)];
        Assert.DoesNotContain(0, kinds);
        Assert.InRange(kinds.Length, 80, 100);
        ushort[] numbers = [.. bob.Rtp.Select(p => (ushort)((p[2] << 8) | p[3]))];
        Assert.All(numbers.Zip(numbers.Skip(1)), pair => Assert.Equal(pair.First + 1, pair.Second));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet_for_whoever_is_thinned()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(10));
        bob.Send(Support.Packets.ReceiverReport(9, 1111));
        Assert.Equal(0, room.AllocatedBy(alice, new Vp8Source(1111) { PacketsPerFrame = 1 }.Next()[0], 5000));
        Assert.NotNull(bob.Port.Tracks);
    }

    [Fact]
    public void What_is_not_understood_is_not_thinned()
    {
        var room = new SelectionRoom();
        SimulatedMember alice = room.Join();
        SimulatedMember bob = room.Join(wants: Rate(1));
        for (ushort i = 0; i < 100; i++)
        {
            alice.Send(Support.Packets.Rtp(5, i, "who knows", payloadType: 120));
            alice.Send("not even RTP"u8.ToArray());
            room.Advance(20);
        }

        Assert.Equal(200, bob.Received.Count);
    }

    internal static MediaPreferences Rate(int rate) => new(MediaSelection.All, rate);

    /// <summary>Sends for so long; what was sent is returned.</summary>
    internal static List<byte[]> Run(
        SelectionRoom room, SimulatedMember sender, Vp8Source source, double seconds, BadPath? path = null, bool honoursRequests = false)
    {
        List<byte[]> all = [];
        int asked = sender.KeyframeRequests.Count();
        for (int i = 0; i < seconds * source.FramesPerSecond; i++)
        {
            int requests = sender.KeyframeRequests.Count();
            source.WantsKeyframe |= honoursRequests && requests > asked;
            asked = requests;
            List<byte[]> frame = source.Next();
            all.AddRange(frame);
            sender.Send(path is null ? frame : path.Pass(frame));
            room.Advance(1000.0 / source.FramesPerSecond);
        }

        if (path is not null)
            sender.Send(path.Flush());
        return all;
    }

    internal static (Vp8Sink Sink, List<Vp8Sink.Frame> Frames) Read(SimulatedMember member, int packetsPerFrame = 3)
    {
        var sink = new Vp8Sink();
        foreach (byte[] packet in member.Rtp)
            sink.Take(packet);
        return (sink, sink.Frames(packetsPerFrame));
    }

    /// <summary>Every frame is whole and has what it refers to: the pattern's base layer refers to the last base frame, the others to the last
    /// frames of the layers below; without layers to the frame before.</summary>
    private static void Decodes(List<Vp8Sink.Frame> frames)
    {
        Assert.All(frames, f => Assert.True(f.IsWhole, $"frame {f.Number} is not whole"));
        Assert.True(frames[0].IsKeyframe);
        bool hasLayers = frames.Any(f => f.Layer > 0) || frames.Skip(1).Take(5).All(f => f.Number % 6 == 0 || f.IsKeyframe)
            || frames.Skip(1).Take(5).All(f => f.Number % 3 == 0);
        for (int i = 1; i < frames.Count; i++)
        {
            Vp8Sink.Frame frame = frames[i];
            if (frame.IsKeyframe)
                continue;
            if (!hasLayers)
            {
                Assert.Equal(frame.Number - 1, frames[i - 1].Number);
                continue;
            }

            int baseFrame = frame.Number / 6 * 6 - (frame.Layer == 0 ? 6 : 0);
            Assert.Contains(frames, f => f.Number == baseFrame);
            if (frame.Layer == 2 && frame.Number % 6 > 3)
                Assert.Contains(frames, f => f.Number == (frame.Number / 6 * 6) + 3);
        }
    }

    /// <summary>Picture ids count what is sent, TL0PICIDX its base layer.</summary>
    private static void Numbered(List<Vp8Sink.Frame> frames)
    {
        for (int i = 1; i < frames.Count; i++)
        {
            Assert.Equal((frames[i - 1].PictureId + 1) & 0x7FFF, frames[i].PictureId);
            Assert.Equal((byte)(frames[i - 1].Tl0 + (frames[i].Layer == 0 ? 1 : 0)), frames[i].Tl0);
        }
    }

    private static byte[] Parameters(ushort sequence)
    {
        byte[] packet = RtpOf(102, sequence, 0, 0x67);
        (packet[13], packet[14], packet[15]) = (66, 0, 31);
        return packet;
    }

    private static byte[] RtpOf(byte payloadType, ushort sequence, uint timestamp, byte nal)
    {
        byte[] packet = Support.Packets.Rtp(7, sequence, "??????", payloadType);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        (packet[12], packet[13]) = (nal, 0x88);
        return packet;
    }
}
