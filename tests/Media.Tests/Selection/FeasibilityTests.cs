using Conference.Media.Layers;

namespace Conference.Media.Tests.Selection;

/// <summary>What is promised of a rate, and what is told of it afterwards.</summary>
public sealed class FeasibilityTests
{
    private readonly SelectionRoom _room = new();
    private readonly SimulatedMember _alice;

    public FeasibilityTests() => _alice = _room.Join();

    [Fact]
    public void Where_nothing_flows_everything_is_possible() => Assert.True(CanThin(1));

    [Fact]
    public void What_is_understood_can_be_thinned()
    {
        RateTests.Run(_room, _alice, new Vp8Source(1111, 0, 2, 2, 1, 2, 2), 3);
        Assert.True(CanThin(1));
    }

    [Fact]
    public void What_is_no_rtp_cannot_until_it_has_been_silent_for_a_while()
    {
        _alice.Send("picture"u8.ToArray());
        Assert.False(CanThin(10));
        _room.Advance(3000);
        Assert.True(CanThin(10));
    }

    [Fact]
    public void An_unknown_codec_can_be_had_at_the_rate_it_has_and_no_less()
    {
        for (ushort i = 0; i < 90; i++)
        {
            _alice.Send(Support.Packets.Rtp(7, i, "who knows", 120));
            _room.Advance(33.333);
        }

        Assert.True(CanThin(30));
        Assert.False(CanThin(10));
    }

    /// <summary>Retransmissions under a payload type and a number of their own, error correction, and padding that probes the path.</summary>
    [Fact]
    public void What_flows_beside_a_picture_does_not_keep_it_from_being_thinned()
    {
        SimulatedMember bob = _room.Join(wants: RateTests.Rate(10));
        var source = new Vp8Source(1111, 0, 2, 2, 1, 2, 2);
        for (ushort i = 0; i < 150; i++)
        {
            _alice.Send(source.Next());
            _alice.Send(Support.Packets.Rtp(2222, i, "\u0001\u0002again", 97));
            _alice.Send(Support.Packets.Rtp(3333, i, "repair of everything", 35));
            _alice.Send(Padding(4444, i));
            _room.Advance(33.333);
        }

        Assert.True(CanThin(10));
        Assert.Equal(10, Feasibility.RateNow(bob.Port, [_alice.Port], _room.Now)!.Value, 0.5);
        Assert.Equal(300, bob.Rtp.Count(p => Support.Packets.SsrcOf(p) is 2222 or 3333));
    }

    [Fact]
    public void One_picture_that_can_be_thinned_is_enough()
    {
        SimulatedMember carol = _room.Join();
        for (ushort i = 0; i < 90; i++)
        {
            carol.Send(Support.Packets.Rtp(7, i, "who knows", 120));
            _room.Advance(33.333);
        }

        Assert.False(Feasibility.CanThin([_alice.Port, carol.Port], 10, _room.Now));
        RateTests.Run(_room, _alice, new Vp8Source(1111, 0, 2, 2, 1, 2, 2), 1);
        Assert.True(Feasibility.CanThin([_alice.Port, carol.Port], 10, _room.Now));
    }

    [Fact]
    public void Padding_alone_is_nothing_that_flows()
    {
        for (ushort i = 0; i < 90; i++)
        {
            _alice.Send(Padding(4444, i));
            _room.Advance(33.333);
        }

        Assert.True(CanThin(1));
    }

    /// <summary>ULPFEC and the like share the picture's number, and its timestamps.</summary>
    [Fact]
    public void Error_correction_within_a_picture_leaves_it_what_it_is()
    {
        SimulatedMember bob = _room.Join(wants: RateTests.Rate(10));
        var source = new Vp8Source(1111, 0, 2, 2, 1, 2, 2);
        for (int i = 0; i < 300; i++)
        {
            uint timestamp = source.Timestamp;
            _alice.Send(source.Next());
            byte[] repair = Support.Packets.Rtp(1111, source.Sequence++, "repair", 127);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(repair.AsSpan(4), timestamp);
            _alice.Send(repair);
            _room.Advance(33.333);
        }

        Assert.True(CanThin(10));
        Assert.Equal(10, Feasibility.RateNow(bob.Port, [_alice.Port], _room.Now)!.Value, 0.5);
        Assert.InRange(bob.Rtp.Count(p => p[1] == 127), 90, 120);
    }

    /// <summary>The type says AV1, VP9 or H.264, and its payload does not at once say otherwise.</summary>
    [Theory]
    [InlineData(98)]
    [InlineData(102)]
    [InlineData(96)]
    public void A_type_is_given_two_seconds_to_prove_itself(byte type)
    {
        SimulatedMember bob = _room.Join(wants: RateTests.Rate(10));
        for (ushort i = 0; i < 90; i++)
        {
            _alice.Send(Support.Packets.Rtp(7, i, "!!!!", type));
            if (i == 50)
                Assert.True(CanThin(10));
            _room.Advance(33.333);
        }

        Assert.False(CanThin(10));
        Assert.Equal(90, bob.Received.Count);
    }

    private static byte[] Padding(uint ssrc, ushort sequence)
    {
        byte[] packet = Support.Packets.Rtp(ssrc, sequence, "\0\0\0\u0004", 97);
        packet[0] = 0xA0;
        return packet;
    }

    [Fact]
    public void Sound_has_no_frames_to_leave_out()
    {
        for (ushort i = 0; i < 90; i++)
            _alice.Send(Support.Packets.Rtp(7, i, "sound", 111));
        Assert.True(CanThin(1));
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(20, 10)]
    [InlineData(10, 10)]
    [InlineData(3, 3)]
    public void The_rate_in_force_is_that_of_the_layers_let_through(int rate, double expected)
    {
        SimulatedMember bob = _room.Join(wants: RateTests.Rate(rate));
        SimulatedMember carol = _room.Join();
        Assert.Null(Feasibility.RateNow(bob.Port, [_alice.Port], _room.Now));
        RateTests.Run(_room, _alice, new Vp8Source(1111, 0, 2, 2, 1, 2, 2), 10, honoursRequests: true);
        Assert.Equal(expected, Feasibility.RateNow(bob.Port, [_alice.Port], _room.Now)!.Value, 0.5);
        Assert.Equal(30, Feasibility.RateNow(carol.Port, [_alice.Port], _room.Now)!.Value, 0.1);
    }

    private bool CanThin(int rate) => Feasibility.CanThin([_alice.Port], rate, _room.Now);
}
