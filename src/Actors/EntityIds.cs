using Conference.Protocol.Addresses;

namespace Conference.Actors;

/// <summary>
/// What users and rooms are called where they are stored and sharded: kind, domain and name. There is one domain so far; what is stored under it
/// keeps its id when there are more.
/// </summary>
public static class EntityIds
{
    public const string DefaultDomain = "default";

    private const string UserKind = "user/";
    private const string RoomKind = "room/";

    /// <summary>Within its kind: <c>default/joe</c>.</summary>
    public static string Of(Name name) => $"{DefaultDomain}/{name}";

    /// <summary>In the journal: <c>user/default/joe</c>.</summary>
    public static string User(Name name) => UserKind + Of(name);

    /// <summary>In the journal: <c>room/default/standup</c>.</summary>
    public static string Room(Name name) => RoomKind + Of(name);

    /// <summary>The name in an id of <see cref="Of"/>, <see cref="User"/> or <see cref="Room"/>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Name NameIn(string id) => Name.Written(id[(id.LastIndexOf('/') + 1)..]);
}
