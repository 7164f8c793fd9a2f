using Conference.Actors.Persistence;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Persistence.Tests;

/// <summary>What is in <c>Fixtures/journal-0.1.sql</c>. Neither ever changes: they are what the first version wrote.</summary>
internal static class FirstRelease
{
    internal static readonly PersistenceId Joe = PersistenceId.User(Name.Parse("joe")), Standup = PersistenceId.Room(Name.Parse("standup"));

    internal static readonly object[] JoesEvents =
    [
        new UserEvent.AccountCreated("pbkdf2-sha512$210000$c2FsdA==$aGFzaA=="),
        new UserEvent.StatusSet(UserStatus.Away),
        new UserEvent.StatusSet(UserStatus.Busy),
        new UserEvent.StatusSet(UserStatus.Hidden),
        new UserEvent.PasswordChanged("pbkdf2-sha512$210000$c2FsdA==$bmV3"),
        new UserEvent.AccountRemoved(),
        new UserEvent.StatusSet(UserStatus.Online),
    ];

    internal static readonly UserSnapshot JoesSnapshot = new("pbkdf2-sha512$210000$c2FsdA==$bmV3", UserStatus.Hidden);

    internal static readonly CallRecord Call = new()
    {
        Id = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        Room = Name.Parse("standup"),
        User = Name.Parse("joe"),
        Session = -7,
        Node = "node-a",
        Services = ["video", "audio"],
        Started = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(678901),
        Ended = new DateTimeOffset(2026, 1, 2, 4, 5, 6, TimeSpan.Zero),
        End = Actors.Persistence.CallEnd.NodeGone,
        BytesIn = 1,
        BytesOut = 2,
        PacketsIn = 3,
        PacketsOut = 1L << 40,
    };

    internal static readonly RoomJournalEvent.CallStarted Started = new(Call.Id, Call.User, Call.Session, Call.Node, Call.Started);

    internal static readonly object[] StandupsEvents =
    [
        new RoomJournalEvent.RoomKept(50, true),
        new RoomJournalEvent.MemberMuted(Name.Parse("joe"), true),
        Started,
        new RoomJournalEvent.CallEnded(Call.Id, Call.Ended!.Value, Call.End, new CallTotals(["video", "audio"], 1, 2, 3, 1L << 40)),
        new RoomJournalEvent.RoomClosed(),
    ];

    internal static readonly RoomSnapshot StandupsSnapshot = new(new RoomJournalEvent.RoomKept(50, true), [Started], [Name.Parse("joe")]);

    internal static readonly DirectoryEntry Entry = new(DirectoryKind.Room, Name.Parse("standup"), "{\"maxMembers\":50}");
}
