using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Users;

/// <summary>What can be done to a <see cref="UserActor"/>. May be asked again.</summary>
public static class UserCommands
{
    /// <summary>A session is this user from now until it ends. -> <see cref="SignInAnswer"/></summary>
    /// <param name="User">Who.</param>
    /// <param name="Id">Its session.</param>
    /// <param name="Session">How that is reached.</param>
    /// <param name="IsAuthenticated">It proved to be the user. A user who has proved it may have several sessions, and takes the
    /// name from a session that has not.</param>
    /// <param name="NeedsAccount">By the password of an account, which must be there still.</param>
    /// <param name="IsAgain">It was signed in, and this user's actor has ended since.</param>
    /// <param name="PasswordSetBy">With <paramref name="NeedsAccount"/>: the <see cref="UserCredential.SetBy"/> of the password it proved. Another one by
    /// now, and it is not let in. Null where that is not known.</param>
    [MessagePackObject]
    public sealed record SignIn(
        [property: Key(0)] Name User,
        [property: Key(1)] SessionId Id,
        [property: Key(2)] IActorRef Session,
        [property: Key(3)] bool IsAuthenticated = false,
        [property: Key(4)] bool NeedsAccount = false,
        [property: Key(5)] bool IsAgain = false,
        [property: Key(6)] CommandId? PasswordSetBy = null) : IUserMessage;

    /// <summary>A session is this user no longer, though it lives on.</summary>
    [MessagePackObject]
    public sealed record SignOut([property: Key(0)] Name User, [property: Key(1)] SessionId Id) : IUserMessage;

    /// <summary>-> <see cref="StatusAnswer"/></summary>
    [MessagePackObject]
    public sealed record SetStatus(
        [property: Key(0)] Name User, [property: Key(1)] UserStatus Status, [property: Key(2)] CommandId Command) : IUserMessage;

    /// <summary>An operator makes the account, or changes its password; its sessions end then. -> <see cref="AccountAnswer"/></summary>
    [MessagePackObject]
    public sealed record SetPassword(
        [property: Key(0)] Name User, [property: Key(1)] string PasswordHash, [property: Key(2)] CommandId Command) : IUserMessage
    {
        public override string ToString() => nameof(SetPassword);
    }

    /// <summary>An operator removes the account; its sessions end, and the name rests (<see cref="UserState.NameRest"/>). -> <see cref="AccountAnswer"/></summary>
    /// <param name="User">Whose.</param>
    /// <param name="Command">Done once.</param>
    /// <param name="WithDomain">The whole domain goes: should it be made again, its names are free.</param>
    [MessagePackObject]
    public sealed record RemoveAccount(
        [property: Key(0)] Name User, [property: Key(1)] CommandId Command, [property: Key(2)] bool WithDomain = false) : IUserMessage;

    /// <summary>Somebody wants into the room of this name. The user's word comes first (an account that is offline is not
    /// here), then the room's, which answers the sender of this.</summary>
    [MessagePackObject]
    public sealed record Enter([property: Key(0)] RoomCommands.Join Join) : IUserMessage
    {
        [IgnoreMember]
        public Name User => Join.Room;
    }

    /// <summary>Somebody entered this user's own room.</summary>
    [MessagePackObject]
    public sealed record Call([property: Key(0)] Name User, [property: Key(1)] Service Service, [property: Key(2)] Name Caller) : IUserMessage;

    /// <summary>Words for this user; where nobody is signed in by the name, for the room of that name.</summary>
    [MessagePackObject]
    public sealed record DeliverChat([property: Key(0)] Name User, [property: Key(1)] RoomCommands.Say Say) : IUserMessage;

    /// <summary>Words said in this user's own room, for those of its sessions that are not in it.</summary>
    [MessagePackObject]
    public sealed record Overhear([property: Key(0)] Name User, [property: Key(1)] SessionNotice.Said Said) : IUserMessage;
}

/// <summary>What became of a <see cref="UserCommands.SignIn"/>.</summary>
/// <param name="User">The user's actor, to be watched: when it ends, whoever is signed in says so again. Null: the name is somebody else's.</param>
/// <param name="Why">What a session is told that ends for it; null where the name is just somebody else's.</param>
[MessagePackObject]
public sealed record SignInAnswer([property: Key(0)] IActorRef? User, [property: Key(1)] string? Why = null) : IWireMessage;

/// <summary>What a session is told when it may not go on as its user.</summary>
public static class SignedOut
{
    public const string NameTaken = "name taken";

    public const string PasswordChanged = "password changed, sign in again";

    public const string AccountRemoved = "account removed";

    public static string DomainGone(Domain domain) => $"{domain} is gone";
}

/// <summary>What became of a <see cref="UserCommands.SetStatus"/>.</summary>
/// <param name="Status">What it is now.</param>
[MessagePackObject]
public sealed record StatusAnswer([property: Key(0)] UserStatus Status) : IWireMessage;

/// <summary>What became of an account.</summary>
/// <param name="Change">What was done.</param>
/// <param name="SequenceNr">After the event of this number, lists show it.</param>
[MessagePackObject]
public sealed record AccountAnswer([property: Key(0)] AccountChange Change, [property: Key(1)] long SequenceNr) : IWireMessage;

/// <summary>The numbers are stored.</summary>
public enum AccountChange
{
    Created = 1,
    PasswordChanged = 2,
    Removed = 3,

    /// <summary>There is no such account, or no such domain.</summary>
    NotFound = 4,
}

/// <summary>A message for whoever owns a user's presence, wherever that is.</summary>
public interface IUserMessage : IEntityMessage
{
    Name User { get; }

    string IEntityMessage.EntityId => EntityIds.Of(User);
}
