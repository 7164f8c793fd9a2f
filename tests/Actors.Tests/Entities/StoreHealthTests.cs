using Akka.Actor;

namespace Conference.Actors.Tests.Entities;

/// <summary>A store that is known to be away: who asks is told at once, and the journal is not asked.</summary>
public sealed class StoreHealthTests : DiaryTest
{
    [Fact]
    public void What_would_be_stored_is_refused_without_asking_the_journal()
    {
        Assert.Equal("a", Ask<string>(new Diary.Write(Joe, "a")));
        var diary = Awake(Joe);
        Conference.Store.IsWell = false;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
        ExpectEnd(diary, () => Tell(Region, new Diary.Write(Joe, "b")));
        Probe.ExpectMsg<Unavailable>();
        Conference.AwaitIdle();
        Assert.Equal(1, Journal.CountOf(Diary.IdOf(Joe)));

        Conference.Store.IsWell = true;
        Assert.Equal("a,c", Ask<string>(new Diary.Write(Joe, "c")));
    }

    [Fact]
    public void Whoever_would_have_to_be_read_says_so_though_the_journal_does_not_answer()
    {
        Given(Joe, "a");
        var held = new TaskCompletionSource();
        Journal.HoldReplay = _ => held.Task;
        Conference.Store.IsWell = false;
        for (int i = 0; i < 3; i++)
        {
            Ask<Unavailable>(new Diary.Read(Joe));
            // What comes to it while it stops is lost.
            Conference.AwaitIdle();
        }

        held.SetResult();
        Journal.HoldReplay = null;
        Conference.Store.IsWell = true;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }
}
