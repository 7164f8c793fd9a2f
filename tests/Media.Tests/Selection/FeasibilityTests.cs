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
