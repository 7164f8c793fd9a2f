using System.Collections.Immutable;
using Conference.Protocol.Session;
using MessagePack;

namespace Conference.Actors.Users;

/// <summary>What is stored of a user.</summary>
public abstract record UserEvent
{
    private UserEvent()
    {
    }

    /// <summary>The name is an account from now on. The hash is a whole one: method, cost, salt and result.</summary>
    [MessagePackObject]
    public sealed record AccountCreated([property: Key(0)] string PasswordHash, [property: Key(1)] CommandId Command) : UserEvent
    {
        public override string ToString() => nameof(AccountCreated);
    }

    [MessagePackObject]
    public sealed record PasswordChanged([property: Key(0)] string PasswordHash, [property: Key(1)] CommandId Command) : UserEvent
    {
        public override string ToString() => nameof(PasswordChanged);
    }

    /// <summary>The name is anybody's again, after a rest.</summary>
    /// <param name="Command">Which says so.</param>
    /// <param name="At">When the rest begins; null where there is none, and in an event of before there was one.</param>
    [MessagePackObject]
    public sealed record AccountRemoved([property: Key(0)] CommandId Command, [property: Key(1)] DateTimeOffset? At = null) : UserEvent;

    /// <summary>What the user says of itself, until it says otherwise.</summary>
    [MessagePackObject]
    public sealed record StatusSet([property: Key(0)] UserStatus Status, [property: Key(1)] CommandId Command) : UserEvent;
}

/// <summary>What a user's events come to.</summary>
/// <param name="PasswordHash">Null without an account.</param>
/// <param name="Status">The last one set.</param>
/// <param name="Accounts">What was done by the latest commands about the account, the oldest first.</param>
/// <param name="Statuses">And by those about the status.</param>
/// <param name="PasswordSetBy">Which command set the password; null in a snapshot of before it was kept.</param>
/// <param name="RemovedAt">When the account of this name was removed, where there is none now.</param>
[MessagePackObject]
public sealed record UserSnapshot(
    [property: Key(0)] string? PasswordHash,
    [property: Key(1)] UserStatus Status,
    [property: Key(2)] ImmutableArray<AnsweredAccount> Accounts,
    [property: Key(3)] ImmutableArray<AnsweredStatus> Statuses,
    [property: Key(4)] CommandId? PasswordSetBy = null,
    [property: Key(5)] DateTimeOffset? RemovedAt = null)
{
    public override string ToString() => $"UserSnapshot {{ HasAccount = {PasswordHash is not null}, Status = {Status} }}";
}

[MessagePackObject]
public sealed record AnsweredAccount([property: Key(0)] CommandId Command, [property: Key(1)] AccountChange Change);

[MessagePackObject]
public sealed record AnsweredStatus([property: Key(0)] CommandId Command, [property: Key(1)] UserStatus Status);
