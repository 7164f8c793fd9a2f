using System.Collections.Immutable;
using Conference.Actors.Runtime;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>
/// One user: its account and status, which are journaled, and its presence, which is not. A name without an account belongs to one
/// session at a time, an account's to those who proved it: nobody can pose as a user.
/// </summary>
/// <param name="Sessions">The sessions that are this user.</param>
/// <param name="IsAuthenticated">They proved it; then there may be several.</param>
/// <param name="PasswordHash">The account's; null when the name is nobody's.</param>
/// <param name="Status">What the user says of itself.</param>
public sealed record UserState(ImmutableHashSet<IActorRef> Sessions, bool IsAuthenticated, string? PasswordHash, UserStatus Status)
{
    public static UserState Absent { get; } = new([], false, null, UserStatus.Online);

    public bool IsOnline => !Sessions.IsEmpty;

    public bool HasAccount => PasswordHash is not null;

    public UserSnapshot Snapshot => new(PasswordHash, Status);

    public bool MaySignIn(UserCommands.SignIn command) =>
        command.IsAuthenticated
            ? HasAccount || !command.NeedsAccount
            : !HasAccount && (Sessions.IsEmpty || (!IsAuthenticated && Sessions.Contains(command.Session)));

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
        var left = this with { Sessions = Sessions.Remove(session) };
        if (left.IsOnline)
            return left;
        // A status outlives the sessions of a user who can come back as the same one; a guest's is nobody's then.
        return left with { IsAuthenticated = false, Status = IsAuthenticated ? Status : UserStatus.Online };
    }

    public UserState With(UserSnapshot snapshot) => this with { PasswordHash = snapshot.PasswordHash, Status = snapshot.Status };

    public UserState With(UserEvent happened) => happened switch
    {
        UserEvent.AccountCreated created => this with { PasswordHash = created.PasswordHash },
        UserEvent.PasswordChanged changed => this with { PasswordHash = changed.PasswordHash },
        UserEvent.AccountRemoved => this with { PasswordHash = null, Status = UserStatus.Online },
        UserEvent.StatusSet set => this with { Status = set.Status },
        _ => throw new NotSupportedException(happened.GetType().Name),
    };
}
