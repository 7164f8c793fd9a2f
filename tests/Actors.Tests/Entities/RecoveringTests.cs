using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Tests.Entities;

/// <summary>How an entity comes back, and what stands in its way.</summary>
public sealed class RecoveringTests : DiaryTest
{
    [Fact]
    public void Commands_wait_for_recovery_and_keep_their_order()
    {
        Given(Joe, "a");
        var held = new TaskCompletionSource();
        Journal.HoldReplay = _ => held.Task;
        Tell(Region, new Diary.Write(Joe, "b"));
        Tell(Region, new Diary.Read(Joe));
        Conference.AwaitIdle();
        Assert.False(Probe.HasMessages);
        held.SetResult();
        Assert.Equal(["a,b", "a,b"], Probe.ReceiveN(2, Support.Conference.Patience).Cast<string>());
    }

    [Fact]
    public void While_the_store_is_away_every_command_is_answered_at_once_and_it_comes_back_by_itself()
    {
        Given(Joe, "a");
        Journal.Failure = new IOException("away");
        for (int i = 0; i < 20; i++)
        {
            Ask<Unavailable>(new Diary.Read(Joe));
            Conference.AwaitIdle();
        }

        Journal.Failure = null;
        Assert.Equal("a", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void A_recovery_that_gets_no_answer_ends_at_its_deadline_and_is_told_to_all_who_wait()
    {
        Journal.HoldReplay = _ => new TaskCompletionSource().Task;
        Tell(Region, new Diary.Read(Joe));
        Conference.Advance(TimeSpan.FromSeconds(59));
        Assert.False(Probe.HasMessages);
        Conference.Advance(TimeSpan.FromSeconds(2));
        Probe.ExpectMsg<Unavailable>();
        Journal.HoldReplay = null;
        Assert.Equal("", Ask<string>(new Diary.Read(Joe)));
    }

    [Fact]
    public void Every_hundred_events_there_is_a_snapshot_and_none_before_it()
    {
        for (int i = 1; i <= 250; i++)
            Ask<string>(new Diary.Write(Joe, $"{i}"));
        Conference.AwaitIdle();
        Assert.Equal([200], Journal.SnapshotsOf(Diary.IdOf(Joe)));
        Assert.Equal(250, Journal.CountOf(Diary.IdOf(Joe)));
        Sleep();
        Assert.Equal(string.Join(',', Enumerable.Range(1, 250)), Ask<string>(new Diary.Read(Joe)));

        // It goes on counting from the snapshot it began with.
        for (int i = 251; i <= 300; i++)
            Ask<string>(new Diary.Write(Joe, $"{i}"));
        Conference.AwaitIdle();
        Assert.Equal([300], Journal.SnapshotsOf(Diary.IdOf(Joe)));
    }

    [Fact]
    public void A_write_that_goes_past_the_hundred_makes_one_snapshot_of_all_of_it()
    {
        Ask<string>(new Diary.Write(Joe, [.. Enumerable.Range(1, 99).Select(i => $"{i}")]));
        Ask<string>(new Diary.Write(Joe, "x", "y", "z"));
        Conference.AwaitIdle();
        Assert.Equal([102], Journal.SnapshotsOf(Diary.IdOf(Joe)));
        Sleep();
        Assert.EndsWith("99,x,y,z", Ask<string>(new Diary.Read(Joe)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(Payload))]
    [InlineData(nameof(Checksum))]
    [InlineData(nameof(Manifest))]
    public void A_damaged_event_stops_that_entity_and_no_other_and_nothing_of_it_is_changed(string what)
    {
        Given(Joe, "a", "b", "c");
        Given(Name.Parse("other"), "x");
        Journal.Overwrite(Diary.IdOf(Joe), 2, Damage(what), Sys);
        for (int i = 1; i <= 2; i++)
        {
            Ask<Unavailable>(new Diary.Write(Joe, "d"));
            Conference.AwaitIdle();
            Assert.Equal(i, Conference.Metric("conference_journal_failures_total{store=\"sqlite\",reason=\"damaged\"}"));
        }

        Assert.Equal(3, Journal.CountOf(Diary.IdOf(Joe)));
        Assert.Equal("x", Ask<string>(new Diary.Read(Name.Parse("other"))));
    }

    [Fact]
    public void An_event_in_the_place_of_another_is_found_out()
    {
        Given(Joe, "a", "b");
        Given(Name.Parse("other"), "a", "b");
        StoredEvent? first = null;
        Journal.Overwrite(Diary.IdOf(Joe), 1, e => first = e, Sys);
        Journal.Overwrite(Diary.IdOf(Joe), 2, _ => first!, Sys);
        Journal.Overwrite(Diary.IdOf(Name.Parse("other")), 1, _ => first!, Sys);
        Ask<Unavailable>(new Diary.Read(Joe));
        Ask<Unavailable>(new Diary.Read(Name.Parse("other")));
    }

    [Fact]
    public void A_kind_of_a_newer_version_stops_the_entity_too()
    {
        Given(Joe, "a");
        // Well sealed by who wrote it, and not known here: only the entity's end is seen, and its metric.
        Journal.Overwrite(Diary.IdOf(Joe), 1, _ => SealedAs("ue.newer", 1), Sys);
        Ask<Unavailable>(new Diary.Read(Joe));
        Assert.Equal(1, Conference.Metric("conference_journal_failures_total{store=\"sqlite\",reason=\"damaged\"}"));
    }

    [Fact]
    public void A_damaged_snapshot_costs_one_try_and_the_entity_comes_back_from_its_events()
    {
        Ask<string>(new Diary.Write(Joe, [.. Enumerable.Range(1, 100).Select(i => $"{i}")]));
        Ask<string>(new Diary.Write(Joe, "last"));
        Sleep();
        Journal.OverwriteSnapshot(Diary.IdOf(Joe), 100, s => s with { Checksum = s.Checksum + 1 }, Sys);
        Ask<Unavailable>(new Diary.Read(Joe));
        Conference.AwaitIdle();
        Assert.Equal(string.Join(',', Enumerable.Range(1, 100)) + ",last", Ask<string>(new Diary.Read(Joe)));
        Sleep();
        Assert.EndsWith(",last", Ask<string>(new Diary.Read(Joe)), StringComparison.Ordinal);
    }

    private static Func<StoredEvent, StoredEvent> Damage(string what) => what switch
    {
        nameof(Payload) => Payload,
        nameof(Checksum) => Checksum,
        _ => Manifest,
    };

    private static StoredEvent Payload(StoredEvent e) => e with { Payload = [.. e.Payload[..^1], (byte)(e.Payload[^1] ^ 1)] };

    private static StoredEvent Checksum(StoredEvent e) => e with { Checksum = e.Checksum ^ 1 };

    private static StoredEvent Manifest(StoredEvent e) => e with { Manifest = "ue.created" };

    /// <summary>As <see cref="EventSeal"/> seals, by a manifest that it would not write.</summary>
    private static StoredEvent SealedAs(string manifest, long sequenceNr)
    {
        byte[] payload = [0x90];
        byte[] text = [
            .. System.Text.Encoding.UTF8.GetBytes(Diary.IdOf(Joe)), .. BitConverter.GetBytes(sequenceNr), .. System.Text.Encoding.UTF8.GetBytes(manifest), .. payload];
        uint crc = uint.MaxValue;
        foreach (byte b in text)
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        return new StoredEvent(manifest, payload, ~crc);
    }

    /// <summary>Whoever is this diary next has read it from the journal.</summary>
    private void Sleep() => Conference.Advance(TimeSpan.FromSeconds(5));
}
