using Conference.Actors.Serialization;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Users;

/// <summary>What can be asked of a <see cref="UserActor"/>.</summary>
public static class UserQueries
{
    /// <summary>-> <see cref="UserPresence"/></summary>
    [MessagePackObject]
    public sealed record Find([property: Key(0)] Name User) : IUserMessage;

    /// <summary>-> <see cref="UserCredential"/></summary>
    [MessagePackObject]
    public sealed record ReadCredential([property: Key(0)] Name User) : IUserMessage;
}

/// <summary>How a user proves to be one.</summary>
/// <param name="PasswordHash">As the password hasher wrote it; null where there is no account of that name.</param>
/// <param name="SetBy">The command that set it; null where that is not known.</param>
[MessagePackObject]
public sealed record UserCredential([property: Key(0)] string? PasswordHash, [property: Key(1)] CommandId? SetBy = null) : IWireMessage
{
    public override string ToString() => nameof(UserCredential);
}

/// <summary>What is known of a user.</summary>
/// <param name="IsOnline">At least one session is signed in.</param>
/// <param name="HasAccount">The name is an account's.</param>
/// <param name="Sessions">How many.</param>
/// <param name="Status">What it says of itself; of no meaning when not online.</param>
[MessagePackObject]
public sealed record UserPresence(
    [property: Key(0)] bool IsOnline, [property: Key(1)] bool HasAccount, [property: Key(2)] int Sessions, [property: Key(3)] UserStatus Status) : IWireMessage;
