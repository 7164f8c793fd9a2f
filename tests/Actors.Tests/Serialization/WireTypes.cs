using Akka.Actor;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Users;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Tests.Serialization;

/// <summary>All that may cross from one node to another or is stored, found by what the types say of themselves.</summary>
internal static class WireTypes
{
    /// <summary>Outcomes and notices are the protocol's, which knows no actors: these stay on the session's own node, and why.</summary>
    private static readonly Type[] _local =
    [
        // The session's own questions, answered where the session is.
        typeof(SessionOutcome.Found), typeof(SessionOutcome.NotFound), typeof(SessionOutcome.StatusIs), typeof(SessionOutcome.SignedIn), typeof(SessionOutcome.Renewed), typeof(SessionOutcome.Resumed), typeof(SessionOutcome.Kept),
        typeof(SessionOutcome.NotSignedIn), typeof(SessionOutcome.Reading), typeof(SessionOutcome.Roaming), typeof(SessionOutcome.RoomIs),

        // Said by the forwarder of the session's node.
        typeof(SessionOutcome.Connected), typeof(SessionOutcome.Done), typeof(SessionNotice.Joined), typeof(SessionNotice.Left), typeof(SessionNotice.Spoke),
        typeof(SessionNotice.PutOut), typeof(SessionNotice.OtherPutOut), typeof(SessionNotice.Muted), typeof(SessionNotice.Seated), typeof(SessionNotice.Recording),

        // The session's own news.
        typeof(SessionNotice.TokenShown),

        // Said by the parent of the node's sessions.
        typeof(SessionNotice.Moving),
    ];

    private static Type[] All { get; } = typeof(ConferenceOptions).Assembly.GetTypes();

    public static IReadOnlyList<Type> Local { get; } = [.. _local, .. All.Where(t => IsMessage(t) && StaysHere(t))];

    /// <summary>Told to other nodes.</summary>
    public static IReadOnlyList<Type> Sent { get; } =
    [
        .. All.Where(t => IsMessage(t) && !StaysHere(t))
            .Concat(typeof(SessionOutcome).GetNestedTypes()).Concat(typeof(SessionNotice).GetNestedTypes())
            .Except(_local).OrderBy(NameOf, StringComparer.Ordinal),
    ];

    /// <summary>What the journal holds: events, each in a <see cref="StoredEvent"/>, and snapshots.</summary>
    public static IReadOnlyList<Type> Stored { get; } =
    [
        .. typeof(RoomEvent).GetNestedTypes().Concat(typeof(UserEvent).GetNestedTypes()).Concat(typeof(DomainEvent).GetNestedTypes())
            .Concat([typeof(RoomSnapshot), typeof(UserSnapshot), typeof(DomainSnapshot)]),
    ];

    /// <summary>How they stand in the journal.</summary>
    public static IReadOnlyList<Type> Envelopes { get; } = [typeof(StoredEvent), typeof(StoredSnapshot)];

    public static TheoryData<string> SentNames { get; } = [.. Sent.Select(NameOf)];

    /// <summary>Messages that say what they are by where they are written down.</summary>
    public static IEnumerable<Type> InGroups { get; } = All.Where(t =>
        t is { IsAbstract: false, IsNestedPublic: true } && t.DeclaringType is { IsAbstract: true, IsSealed: true } group
        && (group.Name.EndsWith("Commands", StringComparison.Ordinal) || group.Name.EndsWith("Queries", StringComparison.Ordinal)
            || group.Name.EndsWith("Messages", StringComparison.Ordinal) || group.Name.EndsWith("Replies", StringComparison.Ordinal)
            || group.Name.EndsWith("Sync", StringComparison.Ordinal)));

    /// <summary>Types that MessagePack is told how to write.</summary>
    public static IEnumerable<Type> Annotated { get; } = All.Where(t => !t.IsAbstract && t.IsDefined(typeof(MessagePackObjectAttribute), inherit: false));

    public static Type Find(string name) => Sent.Single(t => NameOf(t) == name);

    public static string NameOf(Type type) => type.DeclaringType is { } outer ? $"{outer.Name}.{type.Name}" : type.Name;

    private static bool IsMessage(Type type) => !type.IsAbstract && type.IsAssignableTo(typeof(IWireMessage));

    private static bool StaysHere(Type type) => type.IsAssignableTo(typeof(INoSerializationVerificationNeeded));
}
