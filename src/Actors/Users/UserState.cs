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
    /// <summary>How long the name of an account that was removed is nobody's: whoever looked for its owner must not find a stranger.</summary>
    public static readonly TimeSpan NameRest = TimeSpan.FromHours(24);

    public static UserState Absent { get; } = new(ImmutableDictionary<SessionId, IActorRef>.Empty, false, null, UserStatus.Online);

    /// <summary>What was done by operators' latest commands.</summary>
    public RecentAnswers<AccountChange> Answers { get; init; } = new();

    /// <summary>What was answered to the user's own latest words about its status.</summary>
    public RecentAnswers<UserStatus> StatusAnswers { get; init; } = new();

    /// <summary>The command that set the password: another one, another password.</summary>
    public CommandId? PasswordSetBy { get; init; }

    /// <summary>When the account of this name was removed; null while there is one, and where there never was.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    public bool IsOnline => !Sessions.IsEmpty;

    public bool HasAccount => PasswordHash is not null;

    public UserPresence Presence => new(IsOnline, HasAccount, Sessions.Count, Status);

    public UserSnapshot Snapshot => new(
        PasswordHash, Status,
        [.. Answers.All.Select(a => new AnsweredAccount(a.Command, a.Answer))],
        [.. StatusAnswers.All.Select(a => new AnsweredStatus(a.Command, a.Answer))],
        PasswordSetBy, RemovedAt);

    /// <param name="command">Who wants in, and by what.</param>
    /// <param name="now">The time of day.</param>
    /// <returns>Why not, or null when <paramref name="command"/> may be applied.</returns>
    public string? Refuse(UserCommands.SignIn command, DateTimeOffset now)
    {
        if (command.NeedsAccount && !HasAccount)
            return SignedOut.AccountRemoved;
        if (command is { NeedsAccount: true, PasswordSetBy: { } proved } && proved != PasswordSetBy)
            return SignedOut.PasswordChanged;
        if (command.IsAuthenticated)
            return null;
        bool isFree = Sessions.IsEmpty || (!IsAuthenticated && Sessions.ContainsKey(command.Id));
        return HasAccount || !isFree || IsResting(now) ? SignedOut.NameTaken : null;
    }

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
        PasswordSetBy = snapshot.PasswordSetBy,
        RemovedAt = snapshot.RemovedAt,
        Status = snapshot.Status,
        Answers = snapshot.Accounts.Aggregate(Answers, (answers, a) => answers.With(a.Command, a.Change)),
        StatusAnswers = snapshot.Statuses.Aggregate(StatusAnswers, (answers, a) => answers.With(a.Command, a.Status)),
    };

    public UserState With(UserEvent happened) => happened switch
    {
        UserEvent.AccountCreated created =>
            (this with { PasswordHash = created.PasswordHash, PasswordSetBy = created.Command, RemovedAt = null })
                .WithAnswer(created.Command, AccountChange.Created),
        UserEvent.PasswordChanged changed =>
            (this with { PasswordHash = changed.PasswordHash, PasswordSetBy = changed.Command }).WithAnswer(changed.Command, AccountChange.PasswordChanged),
        UserEvent.AccountRemoved removed =>
            (this with { PasswordHash = null, PasswordSetBy = null, RemovedAt = removed.At, Status = UserStatus.Online })
                .WithAnswer(removed.Command, AccountChange.Removed),
        UserEvent.StatusSet set => this with { Status = set.Status, StatusAnswers = StatusAnswers.With(set.Command, set.Status) },
        _ => throw new NotSupportedException(happened.GetType().Name),
    };

    public UserState WithAnswer(CommandId command, AccountChange answer) => this with { Answers = Answers.With(command, answer) };

    private bool IsResting(DateTimeOffset now) => now - RemovedAt < NameRest;
}
