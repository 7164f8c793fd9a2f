using Conference.Actors.Persistence;
using Conference.Actors.Persistence.Protos;
using Conference.Actors.Persistence.Serialization;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Google.Protobuf;
using CallEnd = Conference.Actors.Persistence.CallEnd;
using RoomSnapshot = Conference.Actors.Rooms.RoomSnapshot;
using UserSnapshot = Conference.Actors.Presence.UserSnapshot;

namespace Conference.Actors.Tests.Persistence;

public sealed class SerializerTests
{
    private static readonly ConferenceSerializer Serializer = ConferenceSerializer.Instance;

    private static readonly RoomJournalEvent.CallStarted Started = new(
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), Name.Parse("joe"), long.MinValue + 3, "node-a",
        new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(678901));

    private static RecentAnswers<AccountChange> Answers { get; } = new RecentAnswers<AccountChange>()
        .With(CommandId.New(), new AccountChange.Set(IsNew: true))
        .With(CommandId.New(), new AccountChange.Set(IsNew: false))
        .With(CommandId.New(), new AccountChange.Removed())
        .With(CommandId.New(), new AccountChange.NotFound());

    private static RecentAnswers<SessionOutcome.StatusIs> StatusAnswers { get; } = new RecentAnswers<SessionOutcome.StatusIs>()
        .With(CommandId.New(), new SessionOutcome.StatusIs(UserStatus.Away))
        .With(CommandId.New(), new SessionOutcome.StatusIs(UserStatus.Hidden));

    public static object[] Events =>
    [
        new UserEvent.AccountCreated("pbkdf2$1$\u00e9"),
        new UserEvent.AccountCreated("hash", CommandId.New()),
        new UserEvent.PasswordChanged(""),
        new UserEvent.PasswordChanged("hash", CommandId.New()),
        new UserEvent.AccountRemoved(),
        new UserEvent.AccountRemoved(CommandId.New()),
        new UserEvent.StatusSet(UserStatus.Online),
        new UserEvent.StatusSet(UserStatus.Hidden),
        new UserEvent.StatusSet(UserStatus.Busy, CommandId.New()),
        new RoomJournalEvent.RoomKept(50, true),
        new RoomJournalEvent.RoomKept(0, false),
        new RoomJournalEvent.RoomKept(50, true, CommandId.New()),
        new RoomJournalEvent.RoomClosed(),
        new RoomJournalEvent.RoomClosed(CommandId.New()),
        new RoomJournalEvent.MemberMuted(Name.Parse("joe"), true),
        new RoomJournalEvent.MemberMuted(Name.Parse("joe"), true, CommandId.New()),
        new RoomJournalEvent.MemberPutOut(Name.Parse("joe")),
        new RoomJournalEvent.MemberPutOut(Name.Parse("joe"), CommandId.New()),
        Started,
        new RoomJournalEvent.CallEnded(Started.Call, Started.At, CallEnd.NodeGone, new CallTotals(["video", "audio"], 1, 2, 3, long.MaxValue)),
        new RoomJournalEvent.CallEnded(Started.Call, Started.At, CallEnd.Left, CallTotals.None),
    ];

    [Fact]
    public void An_event_comes_back_as_it_was_and_is_never_empty() => Assert.All(Events, @event =>
    {
        var payload = Serializer.SerializeEvent(@event);
        Assert.NotEqual(0, payload.Length);
        Assert.Equal(@event, Serializer.DeserializeEvent(payload.Span));
    });

    [Fact]
    public void A_snapshot_comes_back_as_it_was()
    {
        object[] snapshots =
        [
            new UserSnapshot("hash", UserStatus.Busy) { Answers = Answers, StatusAnswers = StatusAnswers }, new UserSnapshot(null, UserStatus.Online),
            new UserSnapshot("", UserStatus.Away),
            new RoomSnapshot(new RoomJournalEvent.RoomKept(3, true), [Started], [Name.Parse("ann")]), new RoomSnapshot(null, [], []),
            new RoomSnapshot(new RoomJournalEvent.RoomKept(3, true, CommandId.New()), [], []) { Done = [CommandId.New(), CommandId.New()] },
            new RoomSnapshot(null, [Started], []) { PutOut = [Started.Call, Guid.NewGuid()] },
        ];
        Assert.All(snapshots, s => Assert.Equal(s, Serializer.DeserializeSnapshot(Serializer.SerializeSnapshot(s).Span)));
    }

    [Fact]
    public void A_kind_of_a_newer_version_is_refused_and_a_new_field_of_a_known_kind_is_not()
    {
        // Field 100 with a string: what a later EventEnvelope could have.
        Assert.Throws<UnknownPayloadException>(() => Serializer.DeserializeEvent([0xA2, 0x06, 0x01, (byte)'x']));
        Assert.Throws<UnknownPayloadException>(() => Serializer.DeserializeSnapshot([0xA2, 0x06, 0x01, (byte)'x']));
        byte[] removed = new EventEnvelope { AccountRemoved = new AccountRemoved() }.ToByteArray();
        Assert.Equal([0x1A, 0x00], removed);
        Assert.IsType<UserEvent.AccountRemoved>(Serializer.DeserializeEvent([0x1A, 0x04, 0xA2, 0x06, 0x01, (byte)'x']));
    }

    [Fact]
    public void What_is_no_payload_is_refused_as_damage()
    {
        var random = new Random(1);
        Assert.Throws<InvalidDataException>(() => Serializer.DeserializeEvent([]));
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(1, 64)];
            random.NextBytes(bytes);
            try
            {
                Serializer.DeserializeEvent(bytes);
            }
            catch (Exception exception) when (exception is InvalidDataException or UnknownPayloadException)
            {
            }
        }
    }

    [Fact]
    public void Secrets_do_not_reach_a_log()
    {
        Assert.DoesNotContain("hash", new UserEvent.AccountCreated("hash").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", new UserEvent.PasswordChanged("hash").ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", new UserSnapshot("secret", UserStatus.Online).ToString(), StringComparison.Ordinal);
    }
}
