using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>A message for whoever owns a user's presence, wherever that is.</summary>
public interface IUserCommand
{
    Name User { get; }
}

/// <summary>What can be said to a <see cref="UserActor"/>.</summary>
public static class UserCommands
{
    /// <summary>A session is this user from now until it ends. -> <see cref="SessionOutcome.SignedIn"/>, <see cref="SessionOutcome.Refused"/></summary>
    /// <param name="User">Who.</param>
    /// <param name="Id">Its session: the same one may come again by another reference, when its node has begun another life.</param>
    /// <param name="Session">How that is reached.</param>
    /// <param name="IsAuthenticated">It proved to be the user. A user who has proved it may have several sessions, and takes the
    /// name from a session that has not.</param>
    /// <param name="NeedsAccount">By the password of an account, which must be there still.</param>
    public sealed record SignIn(Name User, SessionId Id, IActorRef Session, bool IsAuthenticated = false, bool NeedsAccount = false) : IUserCommand;

    /// <summary>-> <see cref="UserCredential"/></summary>
    public sealed record ReadCredential(Name User) : IUserCommand;

    /// <summary>A session is this user no longer, though it lives on.</summary>
    public sealed record SignOut(Name User, SessionId Id) : IUserCommand;

    /// <summary>-> <see cref="UserPresence"/></summary>
    public sealed record Find(Name User) : IUserCommand;

    /// <summary>-> <see cref="SessionOutcome.StatusIs"/></summary>
    public sealed record SetStatus(Name User, UserStatus Status, CommandId Command) : IUserCommand;

    /// <summary>An operator makes the account, or changes its password. -> <see cref="AccountChange.Set"/></summary>
    public sealed record SetPassword(Name User, string PasswordHash, CommandId Command) : IUserCommand
    {
        public override string ToString() => $"SetPassword {{ User = {User} }}";
    }

    /// <summary>An operator removes the account; its sessions end. -> <see cref="AccountChange.Removed"/>, <see cref="AccountChange.NotFound"/></summary>
    public sealed record RemoveAccount(Name User, CommandId Command) : IUserCommand;

    /// <summary>Somebody wants into the room of this name. The user's word comes first (an account that is offline is not
    /// here), then the room's, which answers the sender of this.</summary>
    public sealed record Enter(RoomCommands.Join Join) : IUserCommand
    {
        public Name User => Join.Room;
    }

    /// <summary>Somebody entered this user's own room.</summary>
    public sealed record Call(Name User, Service Service, Name Caller) : IUserCommand;

    /// <summary>Words for this user; where nobody is signed in by the name, for the room of that name.</summary>
    public sealed record Hear(Name User, RoomCommands.Say Say) : IUserCommand;

    /// <summary>Words said in this user's own room, for those of its sessions that are not in it.</summary>
    public sealed record Overhear(Name User, SessionNotice.Said Said) : IUserCommand;
}

/// <summary>How a user proves to be one.</summary>
/// <param name="PasswordHash">As the password hasher wrote it; null where there is no account of that name.</param>
public sealed record UserCredential(string? PasswordHash)
{
    public override string ToString() => nameof(UserCredential);
}

/// <summary>What is known of a user.</summary>
/// <param name="IsOnline">At least one session is signed in.</param>
/// <param name="HasAccount">The name is an account's.</param>
/// <param name="Sessions">How many.</param>
/// <param name="Status">What it says of itself; of no meaning when not online.</param>
public sealed record UserPresence(bool IsOnline, bool HasAccount, int Sessions, UserStatus Status);

/// <summary>What became of an account.</summary>
public abstract record AccountChange
{
    private AccountChange() { }

    /// <param name="IsNew">There was none before.</param>
    public sealed record Set(bool IsNew) : AccountChange;

    public sealed record Removed : AccountChange;

    public sealed record NotFound : AccountChange;
}
