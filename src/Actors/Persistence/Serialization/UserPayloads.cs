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
        UserEvent.AccountCreated e => new() { AccountCreated = new() { PasswordHash = e.PasswordHash } },
        UserEvent.PasswordChanged e => new() { PasswordChanged = new() { PasswordHash = e.PasswordHash } },
        UserEvent.AccountRemoved => new() { AccountRemoved = new() },
        UserEvent.StatusSet e => new() { StatusSet = new() { Status = ToProto(e.Status) } },
        _ => throw new ArgumentException($"{@event.GetType().Name} has no payload", nameof(@event)),
    };

    /// <returns>Null when it is no user's.</returns>
    internal static UserEvent? FromProto(EventEnvelope envelope) => envelope.KindCase switch
    {
        EventEnvelope.KindOneofCase.AccountCreated => new UserEvent.AccountCreated(envelope.AccountCreated.PasswordHash),
        EventEnvelope.KindOneofCase.PasswordChanged => new UserEvent.PasswordChanged(envelope.PasswordChanged.PasswordHash),
        EventEnvelope.KindOneofCase.AccountRemoved => new UserEvent.AccountRemoved(),
        EventEnvelope.KindOneofCase.StatusSet => new UserEvent.StatusSet(FromProto(envelope.StatusSet.Status)),
        _ => null,
    };

    internal static Protos.UserSnapshot ToProto(UserSnapshot snapshot)
    {
        var proto = new Protos.UserSnapshot { Status = ToProto(snapshot.Status) };
        if (snapshot.PasswordHash is { } hash)
            proto.PasswordHash = hash;
        return proto;
    }

    internal static UserSnapshot FromProto(Protos.UserSnapshot proto) =>
        new(proto.HasPasswordHash ? proto.PasswordHash : null, FromProto(proto.Status));

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
