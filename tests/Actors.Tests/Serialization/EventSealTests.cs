using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Users;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Serialization;

/// <summary>A row of the journal is what was stored there, or is found out.</summary>
public sealed class EventSealTests
{
    private static readonly CommandId _command = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));

    [Fact]
    public void An_event_comes_back_as_it_was_from_its_own_place_and_no_other()
    {
        var happened = new RoomEvent.RoomKept(5, true, _command);
        var stored = EventSeal.Seal(happened, "room/default/standup", 7);
        Assert.Equal(happened, EventSeal.Open(stored, "room/default/standup", 7));
        foreach (var (id, number) in new[] { ("room/default/standup", 8L), ("room/default/standup", 6L), ("room/default/standups", 7L), ("user/default/standup", 7L) })
            Assert.False(Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored, id, number)).IsSnapshot);
    }

    [Fact]
    public void Any_bit_that_is_changed_is_found_out()
    {
        var stored = EventSeal.Seal(new UserEvent.AccountCreated("hash", _command), "user/default/joe", 1);
        for (int bit = 0; bit < stored.Payload.Length * 8; bit++)
        {
            byte[] payload = [.. stored.Payload];
            payload[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored with { Payload = payload }, "user/default/joe", 1));
        }

        Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored with { Manifest = "ue.changed" }, "user/default/joe", 1));
        Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored with { Manifest = null! }, "user/default/joe", 1));
        Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored with { Payload = null! }, "user/default/joe", 1));
    }

    [Fact]
    public void A_snapshot_is_sealed_like_an_event_and_says_that_it_is_one()
    {
        var state = new UserSnapshot("hash", UserStatus.Busy, [], []);
        var stored = EventSeal.SealSnapshot(state, "user/default/joe", 100);
        Alike.Check(state, EventSeal.Open(stored, "user/default/joe", 100));
        Assert.True(Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored, "user/default/joe", 101)).IsSnapshot);
    }

    [Fact]
    public void What_a_damaged_row_holds_is_in_no_message_of_its_exception()
    {
        var stored = EventSeal.Seal(new UserEvent.AccountCreated("secret", _command), "user/default/joe", 1);
        Assert.DoesNotContain("secret", Assert.Throws<DamagedRowException>(() => EventSeal.Open(stored, "user/default/ann", 1)).ToString(), StringComparison.Ordinal);
    }

    /// <summary>The checksums of what is stored must come out the same for ever.</summary>
    [Fact]
    public void The_seal_is_as_it_always_was()
    {
        var stored = EventSeal.Seal(new RoomEvent.RoomClosed(_command), "room/default/standup", 7);
        Assert.Equal("re.closed", stored.Manifest);
        Assert.Equal(SealedOnce.Payload, Convert.ToHexString(stored.Payload));
        Assert.Equal(SealedOnce.Checksum, stored.Checksum);
    }

    private static class SealedOnce
    {
        internal const string Payload = "91C41033221100554477668899AABBCCDDEEFF";
        internal const uint Checksum = 2842967661;
    }
}
