using Conference.Actors.Persistence.Protos;
using Conference.Actors.Presence;
using Conference.Protocol.Session;
using UserSnapshot = Conference.Actors.Presence.UserSnapshot;

namespace Conference.Actors.Persistence.Serialization;

/// <summary>What is journaled of users, to and from journal.proto.</summary>
internal static class UserPayloads
{
    internal static EventEnvelope ToProto(UserEvent @event) => @event switch
    {
        UserEvent.AccountCreated e => new() { AccountCreated = new() { PasswordHash = e.PasswordHash, Command = CommandBytes.Of(e.Command) } },
        UserEvent.PasswordChanged e => new() { PasswordChanged = new() { PasswordHash = e.PasswordHash, Command = CommandBytes.Of(e.Command) } },
        UserEvent.AccountRemoved e => new() { AccountRemoved = new() { Command = CommandBytes.Of(e.Command) } },
        UserEvent.StatusSet e => new() { StatusSet = new() { Status = ToProto(e.Status), Command = CommandBytes.Of(e.Command) } },
        _ => throw new ArgumentException($"{@event.GetType().Name} has no payload", nameof(@event)),
    };

    /// <returns>Null when it is no user's.</returns>
    internal static UserEvent? FromProto(EventEnvelope envelope) => envelope.KindCase switch
    {
        EventEnvelope.KindOneofCase.AccountCreated =>
            new UserEvent.AccountCreated(envelope.AccountCreated.PasswordHash, CommandBytes.Read(envelope.AccountCreated.Command)),
        EventEnvelope.KindOneofCase.PasswordChanged =>
            new UserEvent.PasswordChanged(envelope.PasswordChanged.PasswordHash, CommandBytes.Read(envelope.PasswordChanged.Command)),
        EventEnvelope.KindOneofCase.AccountRemoved => new UserEvent.AccountRemoved(CommandBytes.Read(envelope.AccountRemoved.Command)),
        EventEnvelope.KindOneofCase.StatusSet =>
            new UserEvent.StatusSet(FromProto(envelope.StatusSet.Status), CommandBytes.Read(envelope.StatusSet.Command)),
        _ => null,
    };

    internal static Protos.UserSnapshot ToProto(UserSnapshot snapshot)
    {
        var proto = new Protos.UserSnapshot { Status = ToProto(snapshot.Status) };
        if (snapshot.PasswordHash is { } hash)
            proto.PasswordHash = hash;
        proto.Answers.AddRange(snapshot.Answers.All.Select(a => new AccountAnswer { Command = CommandBytes.Of(a.Command), Kind = ToProto(a.Answer) }));
        proto.StatusAnswers.AddRange(
            snapshot.StatusAnswers.All.Select(a => new StatusAnswer { Command = CommandBytes.Of(a.Command), Status = ToProto(a.Answer.Status) }));
        return proto;
    }

    internal static UserSnapshot FromProto(Protos.UserSnapshot proto)
    {
        var answers = new RecentAnswers<AccountChange>();
        foreach (var answer in proto.Answers)
        {
            if (CommandBytes.Read(answer.Command) is { } command && FromProto(answer.Kind) is { } change)
                answers = answers.With(command, change);
        }

        var statusAnswers = new RecentAnswers<SessionOutcome.StatusIs>();
        foreach (var answer in proto.StatusAnswers)
        {
            if (CommandBytes.Read(answer.Command) is { } command)
                statusAnswers = statusAnswers.With(command, new SessionOutcome.StatusIs(FromProto(answer.Status)));
        }

        return new(proto.HasPasswordHash ? proto.PasswordHash : null, FromProto(proto.Status)) { Answers = answers, StatusAnswers = statusAnswers };
    }

    private static AccountAnswer.Types.Kind ToProto(AccountChange change) => change switch
    {
        AccountChange.Set { IsNew: true } => AccountAnswer.Types.Kind.Created,
        AccountChange.Set => AccountAnswer.Types.Kind.Changed,
        AccountChange.Removed => AccountAnswer.Types.Kind.Removed,
        _ => AccountAnswer.Types.Kind.NotFound,
    };

    /// <returns>Null for an answer of a newer version: its command is carried out again, should it come again.</returns>
    private static AccountChange? FromProto(AccountAnswer.Types.Kind kind) => kind switch
    {
        AccountAnswer.Types.Kind.Created => new AccountChange.Set(IsNew: true),
        AccountAnswer.Types.Kind.Changed => new AccountChange.Set(IsNew: false),
        AccountAnswer.Types.Kind.Removed => new AccountChange.Removed(),
        AccountAnswer.Types.Kind.NotFound => new AccountChange.NotFound(),
        _ => null,
    };

    private static Status ToProto(UserStatus status) => status switch
    {
        UserStatus.Online => Status.Online,
        UserStatus.Away => Status.Away,
        UserStatus.Busy => Status.Busy,
        _ => Status.Hidden,
    };

    /// <summary>A status of a newer version hides the user: the one that gives nothing away.</summary>
    private static UserStatus FromProto(Status status) => status switch
    {
        Status.Online => UserStatus.Online,
        Status.Away => UserStatus.Away,
        Status.Busy => UserStatus.Busy,
        _ => UserStatus.Hidden,
    };
}
