using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit;
using Conference.Actors.Calls;
using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using static Conference.Actors.Tests.Support.RoomMakings;

namespace Conference.Actors.Tests.Entities;

/// <summary>An entity goes to sleep, or its shard goes elsewhere: no command is lost by that.</summary>
public sealed class PassivatingTests : DiaryTest
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);

    /// <summary>After the last command: the next tick is the one that would send an idle entity to sleep.</summary>
    private static readonly TimeSpan _almostAsleep = TimeSpan.FromSeconds(2) - _tick;

    [Fact]
    public void An_idle_entity_sleeps_and_wakes_from_its_journal()
    {
        Assert.Equal("a", Ask<string>(new Diary.Write(Joe, "a")));
        var diary = Awake(Joe);
        ExpectEnd(diary, () => Conference.Advance(TimeSpan.FromSeconds(3)));
        Assert.Equal("a,b", Ask<string>(new Diary.Write(Joe, "b")));
        Assert.NotEqual(diary.Path.Uid, Awake(Joe).Path.Uid);
    }

    [Fact]
    public void An_entity_in_use_stays_awake()
    {
        Tell(Region, new Diary.Read(Joe));
        var diary = Awake(Joe);
        for (int i = 0; i < 10; i++)
        {
            Conference.Advance(_almostAsleep);
            Tell(Region, new Diary.Read(Joe));
        }

        Assert.Equal(diary, Awake(Joe));
        ExpectEnd(diary, () => Conference.Advance(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void An_entity_with_something_to_keep_stays_awake()
    {
        Tell(Region, new Diary.Stay(Joe, true));
        var diary = Awake(Joe);
        Conference.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(diary, Awake(Joe));
        Tell(Region, new Diary.Stay(Joe, false));
        ExpectEnd(diary, () => Conference.Advance(TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void What_comes_between_the_asking_and_the_stop_goes_back_through_the_region_in_the_askers_name()
    {
        var (shard, region, diary) = Alone();
        Tell(diary, new Diary.Read(Joe));
        Probe.ExpectMsg<string>();
        Conference.Advance(TimeSpan.FromSeconds(3));
        Assert.Same(StopEntity.Instance, shard.ExpectMsg<Passivate>().StopMessage);
        foreach (string line in (string[])["a", "b"])
            Tell(diary, new Diary.Write(Joe, line));
        Assert.Equal(["a"], region.ExpectMsg<Diary.Write>().Lines);
        Assert.Equal(Probe.Ref, region.LastSender);
        Assert.Equal(["b"], region.ExpectMsg<Diary.Write>().Lines);

        // Once it has asked it does not go back: Akka's shard keeps for the next whatever comes from here on.
        Conference.Advance(TimeSpan.FromMinutes(1));
        Assert.False(shard.HasMessages);
        ExpectEnd(diary, () => diary.Tell(StopEntity.Instance, ActorRefs.NoSender));
        Assert.False(Probe.HasMessages);
    }

    [Fact]
    public void An_entity_that_is_to_stop_while_it_stores_does_so_first_and_hands_back_what_came_behind_the_stop()
    {
        var (_, region, diary) = Alone();
        var stored = new TaskCompletionSource();
        Journal.Hold = _ => stored.Task;
        ExpectEnd(diary, () =>
        {
            Tell(diary, new Diary.Write(Joe, "a"));
            Tell(diary, new Diary.Write(Joe, "b"));
            diary.Tell(StopEntity.Instance, ActorRefs.NoSender);
            Tell(diary, new Diary.Write(Joe, "c"));
            Conference.AwaitIdle();
            Assert.False(Probe.HasMessages);
            stored.SetResult();
        });
        Assert.Equal(["a", "a,b"], Probe.ReceiveN(2, Support.Conference.Patience).Cast<string>());
        Assert.Equal(["c"], region.ExpectMsg<Diary.Write>().Lines);
        Assert.Equal(Probe.Ref, region.LastSender);
        Assert.Equal(2, Journal.CountOf(Diary.IdOf(Joe)));
        Assert.False(region.HasMessages);
    }

    [Fact]
    public void An_entity_that_is_to_stop_while_it_recovers_answers_first_who_asked_first()
    {
        var held = new TaskCompletionSource();
        Journal.HoldReplay = _ => held.Task;
        var (_, region, diary) = Alone();
        ExpectEnd(diary, () =>
        {
            Tell(diary, new Diary.Write(Joe, "a"));
            diary.Tell(StopEntity.Instance, ActorRefs.NoSender);
            Tell(diary, new Diary.Write(Joe, "b"));
            Conference.AwaitIdle();
            held.SetResult();
        });
        Assert.Equal("a", Probe.ExpectMsg<string>());
        Assert.Equal(["b"], region.ExpectMsg<Diary.Write>().Lines);
    }

    [Fact]
    public void What_an_entity_has_put_aside_is_handed_back_when_its_shard_goes()
    {
        var (_, region, diary) = Alone();
        Tell(diary, new Diary.BeBusy(Joe, true));
        Tell(diary, new Diary.Write(Joe, "a"));
        Tell(diary, new Diary.Read(Joe));
        Conference.AwaitIdle();
        ExpectEnd(diary, () => diary.Tell(StopEntity.Instance, ActorRefs.NoSender));
        Assert.Equal(["a"], region.ExpectMsg<Diary.Write>().Lines);
        region.ExpectMsg<Diary.Read>();
        Assert.Equal(Probe.Ref, region.LastSender);
        Assert.False(Probe.HasMessages);
    }

    [Fact]
    public void What_was_put_aside_and_taken_up_is_not_handed_back_as_well()
    {
        var (_, region, diary) = Alone();
        Tell(diary, new Diary.BeBusy(Joe, true));
        Tell(diary, new Diary.Write(Joe, "a"));
        Tell(diary, new Diary.BeBusy(Joe, false));
        Assert.Equal("a", Probe.ExpectMsg<string>());
        ExpectEnd(diary, () => diary.Tell(StopEntity.Instance, ActorRefs.NoSender));
        Assert.False(region.HasMessages);
        Assert.False(Probe.HasMessages);
    }

    [Fact]
    public void No_command_is_lost_between_sleeping_and_waking()
    {
        int asked = 0;
        for (int round = 0; round < 50; round++)
        {
            Tell(Region, new Diary.Write(Joe, $"{asked++}"));
            Conference.Advance(_almostAsleep);
            Conference.AdvanceAgainst(2 * _tick, () =>
            {
                Tell(Region, new Diary.Write(Joe, $"{asked++}"));
                Tell(Region, new Diary.Read(Joe));
            });
        }

        Probe.ReceiveN((2 * asked) - 50, Support.Conference.Patience);
        Assert.Equal(asked, Journal.CountOf(Diary.IdOf(Joe)));
        Assert.True(Journal.Replays > 25);
    }

    [Fact]
    public void A_sign_in_and_a_join_that_meet_a_user_and_a_room_on_their_way_to_sleep_are_answered()
    {
        var users = Conference.CreateTestProbe();
        var rooms = Conference.CreateTestProbe();
        var session = Conference.CreateTestProbe().Ref;
        int joins = 0, signIns = 0;
        for (int round = 0; round < 30; round++)
        {
            Conference.Users.Tell(new UserQueries.Find(Joe), users.Ref);
            Conference.Rooms.Tell(new RoomQueries.Find(Standup), rooms.Ref);
            users.ExpectMsg<UserPresence>();
            rooms.ExpectMsg<RoomPresence>();
            var join = Join(++joins);
            bool isAsked = false;
            Conference.Advance(_almostAsleep);
            Conference.AdvanceAgainst(2 * _tick, () =>
            {
                if (isAsked)
                    return;
                isAsked = true;
                Conference.Users.Tell(new UserCommands.SignIn(Joe, new SessionId(++signIns), session), users.Ref);
                Conference.Rooms.Tell(join, rooms.Ref);
            });
            Assert.True(isAsked);
            Assert.NotNull(users.ExpectMsg<SignInAnswer>().User);
            rooms.ExpectMsg<SessionOutcome.Connected>();
            Conference.Users.Tell(new UserCommands.SignOut(Joe, new SessionId(signIns)), ActorRefs.NoSender);
            Conference.Ask<SessionOutcome.Done>(
                Conference.Forwarders,
                new ForwarderCommands.Remove(join.Room, join.Who, join.Port.Service, join.Port.Port, CallTotals.None, CallEnd.Left));
            Conference.AwaitIdle();
        }
    }

    private static Name Standup => Room;

    private RoomCommands.Join Join(int number)
    {
        var who = Who("joe", 1000 + number, 1) with { On = Conference.Self, Node = Conference.Forwarders, Session = Conference.CreateTestProbe().Ref };
        return new RoomCommands.Join(Room, who, Port(number) with { Holder = Conference.CreateTestProbe().Ref });
    }

    /// <summary>Under a probe that is its shard, with a probe for its region.</summary>
    private (TestProbe Shard, TestProbe Region, IActorRef Diary) Alone()
    {
        var (shard, region) = (Conference.CreateTestProbe(), Conference.CreateTestProbe());
        return (shard, region, shard.ChildActorOf(Diary.Props(Joe, Context, region.Ref)));
    }
}
