using Akka.Actor;

namespace Conference.Actors.Tests.Entities;

/// <summary>A node that may not act: another may own by now what it thinks is its own.</summary>
public sealed class GuardTests : DiaryTest
{
    [Fact]
    public void Who_asks_is_told_that_nobody_can_say_and_nothing_is_stored()
    {
        Assert.Equal("a", Ask<string>(new Diary.Write(Joe, "a")));
        var diary = Awake(Joe);
        Conference.Guard.MayAct = false;
        ExpectEnd(diary, () => Tell(Region, new Diary.Write(Joe, "b")));
        Probe.ExpectMsg<Unavailable>();
        Ask<Unavailable>(new Diary.Read(Joe));
        Conference.AwaitIdle();
        Assert.Equal(1, Journal.CountOf(Diary.IdOf(Joe)));

        // What another stored meanwhile is known by whoever is this diary next.
        Given(Joe, "theirs");
        Conference.Guard.MayAct = true;
        Assert.Equal("a,theirs", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void What_was_being_stored_when_it_froze_is_not_answered_as_done_and_who_waits_is_told()
    {
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        ExpectEnd(Awake(Joe), () =>
        {
            Tell(Region, new Diary.Write(Joe, "a"));
            Tell(Region, new Diary.Read(Joe));
            Conference.AwaitIdle();
            Conference.Guard.MayAct = false;
            stored.SetResult();
        });
        Assert.All(Received(), answer => Assert.IsType<Unavailable>(answer));
        Journal.Hold = null;
        Conference.Guard.MayAct = true;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void An_entity_that_was_recovering_then_stops_and_is_not_deaf_for_ever()
    {
        Given(Joe, "a");
        var held = new TaskCompletionSource();
        Journal.HoldReplay = _ => held.Task;
        Tell(Region, new Diary.Read(Joe));
        Conference.AwaitIdle();
        Conference.Guard.MayAct = false;
        held.SetResult();
        Probe.ExpectMsg<Unavailable>();
        Journal.HoldReplay = null;
        Conference.AwaitIdle();
        Conference.Guard.MayAct = true;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }

    private List<object> Received()
    {
        Conference.AwaitIdle();
        var all = new List<object>();
        while (Probe.HasMessages)
            all.Add(Probe.ReceiveOne());
        Assert.NotEmpty(all);
        return all;
    }
}
