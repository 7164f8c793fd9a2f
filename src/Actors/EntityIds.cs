using Conference.Protocol.Addresses;

namespace Conference.Actors;

/// <summary>What users, rooms and domains are called where they are stored and sharded: kind, domain and name.</summary>
public static class EntityIds
{
    private const string UserKind = "user/";
    private const string RoomKind = "room/";
    private const string DomainKind = "domain/";

    /// <summary>Within its kind: <c>default/joe</c>, <c>acme.example/joe</c>.</summary>
    public static string Of(Name name) => $"{name.Domain}/{name.Local}";

    /// <summary>Within its kind: <c>acme.example</c>.</summary>
    public static string Of(Domain domain) => domain.ToString();

    /// <summary>In the journal: <c>user/default/joe</c>.</summary>
    public static string User(Name name) => UserKind + Of(name);

    /// <summary>In the journal: <c>room/default/standup</c>.</summary>
    public static string Room(Name name) => RoomKind + Of(name);

    /// <summary>In the journal: <c>domain/acme.example</c>.</summary>
    public static string Domain(Domain domain) => DomainKind + Of(domain);

    /// <summary>The name in an id of <see cref="Of(Name)"/>, <see cref="User"/> or <see cref="Room"/>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Name NameIn(string id) => id.Split('/') is [.., var domain, var local]
        ? Name.Written(local, Protocol.Addresses.Domain.Written(domain))
        : throw new FormatException("not an id of a user or a room");
}
