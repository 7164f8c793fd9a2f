using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>What is journaled of a user.</summary>
public abstract record UserEvent
{
    private UserEvent() { }

    /// <summary>The name is an account from now on. The hash is a whole one: method, cost, salt and result.</summary>
    public sealed record AccountCreated(string PasswordHash, CommandId? Command = null) : UserEvent
    {
        public override string ToString() => nameof(AccountCreated);
    }

    public sealed record PasswordChanged(string PasswordHash, CommandId? Command = null) : UserEvent
    {
        public override string ToString() => nameof(PasswordChanged);
    }

    /// <summary>The name is anybody's again.</summary>
    public sealed record AccountRemoved(CommandId? Command = null) : UserEvent;

    /// <summary>What the user says of itself, until it says otherwise.</summary>
    public sealed record StatusSet(UserStatus Status, CommandId? Command = null) : UserEvent;
}

/// <summary>What a user's events come to.</summary>
/// <param name="PasswordHash">Null without an account.</param>
/// <param name="Status">The last one set.</param>
public sealed record UserSnapshot(string? PasswordHash, UserStatus Status)
{
    /// <summary>What was answered to the latest commands about the account.</summary>
    public RecentAnswers<AccountChange> Answers { get; init; } = new();

    /// <summary>What was answered to the latest commands about the status.</summary>
    public RecentAnswers<SessionOutcome.StatusIs> StatusAnswers { get; init; } = new();

    public override string ToString() => $"UserSnapshot {{ HasAccount = {PasswordHash is not null}, Status = {Status} }}";
}
