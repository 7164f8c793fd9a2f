using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Remoting;

/// <summary>All kinds of messages there are between users, rooms, forwarders and sessions.</summary>
internal static class CrossingMessages
{
    /// <summary>What only actors of one node say to each other, and why that is so.</summary>
    private static readonly Type[] _local =
    [
        // A member's port and session, to the forwarder beside them; and what the node's plane says.
        typeof(ForwarderCommands.Configure), typeof(ForwarderCommands.Remove), typeof(ForwarderCommands.Say), typeof(ForwarderCommands.Spoke),

        // The node's own connection, and what the node says to all its sessions.
        typeof(SessionCommands.Disconnected), typeof(SessionCommands.ShardsMoved), typeof(SessionCommands.Reintroduce), typeof(SessionNotice.Moving),

        // What a session makes of its user's answer.
        typeof(SessionOutcome.NotSignedIn),
    ];

    private static readonly Type[] _answers =
    [
        typeof(UserCredential), typeof(UserPresence), typeof(RoomPresence), typeof(RoomLocations), typeof(RoomDetails), typeof(ForwarderSources),
        typeof(ListAwake), typeof(AwakeNames), typeof(ReadFigures), typeof(FiguresRead), typeof(DrainStatus),
    ];

    public static IEnumerable<Type> Kinds { get; } =
    [
        .. typeof(ConferenceActors).Assembly.GetTypes()
            .Where(t => !t.IsAbstract && (t.IsAssignableTo(typeof(IUserCommand)) || t.IsAssignableTo(typeof(IRoomCommand)) || t.IsAssignableTo(typeof(IForwarderMessage))))
            .Concat(new[] { typeof(SessionCommands), typeof(TrunkCommands), typeof(DrainCommands), typeof(AccountChange), typeof(SessionOutcome), typeof(SessionNotice) }
                .SelectMany(t => t.GetNestedTypes()))
            .Concat(_answers)
            .Except(_local)
            .OrderBy(t => t.FullName, StringComparer.Ordinal),
    ];

    public static IEnumerable<Type> Local => _local;

    public static TheoryData<string> Names { get; } = [.. Kinds.Select(NameOf)];

    public static Type Find(string name) => Kinds.Single(k => NameOf(k) == name);

    private static string NameOf(Type kind) => kind.DeclaringType is { } outer ? $"{outer.Name}.{kind.Name}" : kind.Name;
}
