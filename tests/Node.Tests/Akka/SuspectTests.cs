using Conference.Node.Akka;
using Conference.Node.Tests.Akka.Support;

namespace Conference.Node.Tests.Akka;

public sealed class SuspectTests
{
    private static readonly Sighting _dead = new(true, "");

    private readonly TestClock _clock = new();

    [Fact]
    public void Death_is_proven_by_proofs_in_a_row_that_go_on_for_long_enough()
    {
        var suspect = new Suspect(_clock.GetTimestamp());
        for (int i = 0; i < 4; i++)
        {
            suspect = suspect.See(_dead, _clock.GetTimestamp());
            Assert.False(suspect.IsProven(_clock, _clock.GetTimestamp()));
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        suspect = suspect.See(_dead, _clock.GetTimestamp());
        Assert.True(suspect.IsProven(_clock, _clock.GetTimestamp()));
    }

    [Fact]
    public void Two_proofs_far_apart_are_not_enough()
    {
        var suspect = new Suspect(_clock.GetTimestamp()).See(_dead, _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(5));
        suspect = suspect.See(_dead, _clock.GetTimestamp());

        Assert.False(suspect.IsProven(_clock, _clock.GetTimestamp()));
    }

    [Fact]
    public void Where_the_database_is_slow_proofs_must_go_on_for_longer()
    {
        var suspect = new Suspect(_clock.GetTimestamp());
        for (int i = 0; i < 14; i++)
        {
            suspect = suspect.See(_dead with { Took = TimeSpan.FromMilliseconds(i == 3 ? 200 : 5) }, _clock.GetTimestamp());
            Assert.False(suspect.IsProven(_clock, _clock.GetTimestamp()));
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        suspect = suspect.See(_dead, _clock.GetTimestamp());
        Assert.True(suspect.IsProven(_clock, _clock.GetTimestamp()));
    }

    [Fact]
    public void One_sign_of_life_takes_back_all_proofs()
    {
        var suspect = new Suspect(_clock.GetTimestamp());
        for (int i = 0; i < 3; i++)
        {
            suspect = suspect.See(_dead with { IsDead = i != 1 }, _clock.GetTimestamp());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, suspect.Proofs);
    }
}
