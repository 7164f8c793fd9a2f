using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Protocol.Session;

namespace Conference.Actors.Users;

/// <summary>
/// One user: its account and status, which are stored, and its presence, which is not. A name without an account belongs to one
/// session at a time, an account's to those who proved it: nobody can pose as a user.
/// </summary>
/// <param name="Sessions">The sessions that are this user, and how each is reached.</param>
/// <param name="IsAuthenticated">They proved it; then there may be several.</param>
/// <param name="PasswordHash">The account's; null when the name is nobody's.</param>
/// <param name="Status">What the user says of itself.</param>
public sealed record UserState(ImmutableDictionary<SessionId, IActorRef> Sessions, bool IsAuthenticated, string? PasswordHash, UserStatus Status)
{
    public static UserState Absent { get; } = new(ImmutableDictionary<SessionId, IActorRef>.Empty, false, null, UserStatus.Online);

    /// <summary>What was done by operators' latest commands.</summary>
    public RecentAnswers<AccountChange> Answers { get; init; } = new();

    /// <summary>What was answered to the user's own latest words about its status.</summary>
    public RecentAnswers<UserStatus> StatusAnswers { get; init; } = new();

    public bool IsOnline => !Sessions.IsEmpty;

    public bool HasAccount => PasswordHash is not null;

    public UserPresence Presence => new(IsOnline, HasAccount, Sessions.Count, Status);

    public UserSnapshot Snapshot => new(
        PasswordHash, Status,
        [.. Answers.All.Select(a => new AnsweredAccount(a.Command, a.Answer))],
        [.. StatusAnswers.All.Select(a => new AnsweredStatus(a.Command, a.Answer))]);

    public bool MaySignIn(UserCommands.SignIn command) =>
        command.IsAuthenticated
            ? HasAccount || !command.NeedsAccount
            : !HasAccount && (Sessions.IsEmpty || (!IsAuthenticated && Sessions.ContainsKey(command.Id)));

    /// <summary>Sessions that only called themselves by the name, now that its owner has come.</summary>
    public ImmutableDictionary<SessionId, IActorRef> ImpostorsBeside(UserCommands.SignIn command) =>
        command.IsAuthenticated && !IsAuthenticated ? Sessions.Remove(command.Id) : Sessions.Clear();

    public UserState With(UserCommands.SignIn command) => this with
    {
        Sessions = Sessions.RemoveRange(ImpostorsBeside(command).Keys).SetItem(command.Id, command.Session),
        IsAuthenticated = command.IsAuthenticated,
    };

    public UserState WithoutSession(SessionId session)
    {
        var left = this with { Sessions = Sessions.Remove(session) };
        if (left.IsOnline)
            return left;
        // A status outlives the sessions of a user who can come back as the same one; a guest's is nobody's then.
        return left with { IsAuthenticated = false, Status = IsAuthenticated ? Status : UserStatus.Online };
    }

    public UserState With(UserSnapshot snapshot) => this with
    {
        PasswordHash = snapshot.PasswordHash,
        Status = snapshot.Status,
        Answers = snapshot.Accounts.Aggregate(Answers, (answers, a) => answers.With(a.Command, a.Change)),
        StatusAnswers = snapshot.Statuses.Aggregate(StatusAnswers, (answers, a) => answers.With(a.Command, a.Status)),
    };

    public UserState With(UserEvent happened) => happened switch
    {
        UserEvent.AccountCreated created =>
            (this with { PasswordHash = created.PasswordHash }).WithAnswer(created.Command, AccountChange.Created),
        UserEvent.PasswordChanged changed =>
            (this with { PasswordHash = changed.PasswordHash }).WithAnswer(changed.Command, AccountChange.PasswordChanged),
        UserEvent.AccountRemoved removed =>
            (this with { PasswordHash = null, Status = UserStatus.Online }).WithAnswer(removed.Command, AccountChange.Removed),
        UserEvent.StatusSet set => this with { Status = set.Status, StatusAnswers = StatusAnswers.With(set.Command, set.Status) },
        _ => throw new NotSupportedException(happened.GetType().Name),
    };

    public UserState WithAnswer(CommandId command, AccountChange answer) => this with { Answers = Answers.With(command, answer) };
}
