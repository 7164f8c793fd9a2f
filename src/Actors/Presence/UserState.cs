using System.Collections.Immutable;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>
/// One user: its account and status, which are journaled, and its presence, which is not. A name without an account belongs to one
/// session at a time, an account's to those who proved it: nobody can pose as a user.
/// </summary>
/// <param name="Sessions">The sessions that are this user, and how each is reached.</param>
/// <param name="IsAuthenticated">They proved it; then there may be several.</param>
/// <param name="PasswordHash">The account's; null when the name is nobody's.</param>
/// <param name="Status">What the user says of itself.</param>
public sealed record UserState(ImmutableDictionary<SessionId, IActorRef> Sessions, bool IsAuthenticated, string? PasswordHash, UserStatus Status)
{
    public static UserState Absent { get; } = new(ImmutableDictionary<SessionId, IActorRef>.Empty, false, null, UserStatus.Online);

    /// <summary>What was answered to operators' latest commands.</summary>
    public RecentAnswers<AccountChange> Answers { get; init; } = new();

    /// <summary>What was answered to the user's own latest words about its status.</summary>
    public RecentAnswers<SessionOutcome.StatusIs> StatusAnswers { get; init; } = new();

    public bool IsOnline => !Sessions.IsEmpty;

    public bool HasAccount => PasswordHash is not null;

    public UserSnapshot Snapshot => new(PasswordHash, Status) { Answers = Answers, StatusAnswers = StatusAnswers };

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

    public UserState With(UserSnapshot snapshot) =>
        this with
        {
            PasswordHash = snapshot.PasswordHash,
            Status = snapshot.Status,
            Answers = snapshot.Answers,
            StatusAnswers = snapshot.StatusAnswers,
        };

    public UserState With(UserEvent happened) => happened switch
    {
        UserEvent.AccountCreated created =>
            (this with { PasswordHash = created.PasswordHash }).WithAnswer(created.Command, new AccountChange.Set(IsNew: true)),
        UserEvent.PasswordChanged changed =>
            (this with { PasswordHash = changed.PasswordHash }).WithAnswer(changed.Command, new AccountChange.Set(IsNew: false)),
        UserEvent.AccountRemoved removed =>
            (this with { PasswordHash = null, Status = UserStatus.Online }).WithAnswer(removed.Command, new AccountChange.Removed()),
        UserEvent.StatusSet set => this with
        {
            Status = set.Status,
            StatusAnswers = set.Command is { } command ? StatusAnswers.With(command, new SessionOutcome.StatusIs(set.Status)) : StatusAnswers,
        },
        _ => throw new NotSupportedException(happened.GetType().Name),
    };

    /// <param name="command">Null where it was journaled before commands had ids.</param>
    /// <param name="answer">What it was or will be told.</param>
    public UserState WithAnswer(CommandId? command, AccountChange answer) =>
        command is { } id ? this with { Answers = Answers.With(id, answer) } : this;
}
