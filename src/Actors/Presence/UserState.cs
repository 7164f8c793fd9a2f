using System.Collections.Immutable;
using Conference.Actors.Runtime;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>One user's presence. A name without an account belongs to one session at a time: nobody can pose as a user who is here.</summary>
/// <param name="Sessions">The sessions that are this user.</param>
/// <param name="IsAuthenticated">They proved it; then there may be several.</param>
/// <param name="Status">What it says of itself.</param>
public sealed record UserState(ImmutableHashSet<IActorRef> Sessions, bool IsAuthenticated, UserStatus Status)
{
    public static UserState Absent { get; } = new([], false, UserStatus.Online);

    public bool IsOnline => !Sessions.IsEmpty;

    public bool MaySignIn(UserCommands.SignIn command) =>
        Sessions.IsEmpty || command.IsAuthenticated || (!IsAuthenticated && Sessions.Contains(command.Session));

    /// <summary>Sessions that only called themselves by the name, now that its owner has come.</summary>
    public ImmutableHashSet<IActorRef> ImpostorsBeside(UserCommands.SignIn command) =>
        command.IsAuthenticated && !IsAuthenticated ? Sessions.Remove(command.Session) : [];

    public UserState With(UserCommands.SignIn command) => this with
    {
        Sessions = Sessions.Except(ImpostorsBeside(command)).Add(command.Session),
        IsAuthenticated = command.IsAuthenticated,
    };

    public UserState WithoutSession(IActorRef session)
    {
        var left = Sessions.Remove(session);
        return left.IsEmpty ? Absent : this with { Sessions = left };
    }
}
