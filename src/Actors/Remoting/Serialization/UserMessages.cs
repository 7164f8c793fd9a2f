using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Conference.Protocol.Session;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What is said to users, and what they answer.</summary>
internal static class UserMessages
{
    internal static P.Payload? ToProto(IUserCommand command, ReferenceWriter references) => command switch
    {
        UserCommands.SignIn c => new() { UserSignIn = ToProto(c, references) },
        UserCommands.ReadCredential c => new() { UserReadCredential = new() { User = c.User.ToString() } },
        UserCommands.SignOut c => new() { UserSignOut = new() { User = c.User.ToString(), Id = c.Id.Value } },
        UserCommands.Find c => new() { UserFind = new() { User = c.User.ToString() } },
        UserCommands.SetStatus c => new()
        {
            UserSetStatus = new() { User = c.User.ToString(), Status = c.Status.ToText(), Command = Values.Write(c.Command) },
        },
        UserCommands.SetPassword c => new()
        {
            UserSetPassword = new() { User = c.User.ToString(), PasswordHash = c.PasswordHash, Command = Values.Write(c.Command) },
        },
        UserCommands.RemoveAccount c => new() { UserRemoveAccount = new() { User = c.User.ToString(), Command = Values.Write(c.Command) } },
        UserCommands.Enter c => new() { UserEnter = RoomMessages.ToProto(c.Join, references) },
        UserCommands.Call c => new() { UserCall = new() { User = c.User.ToString(), Service = c.Service.ToString(), Caller = c.Caller.ToString() } },
        UserCommands.Hear c => new() { UserHear = new() { User = c.User.ToString(), Say = RoomMessages.ToProto(c.Say) } },
        UserCommands.Overhear c => new() { UserOverhear = new() { User = c.User.ToString(), Said = SessionMessages.ToProto(c.Said) } },
        _ => null,
    };

    internal static P.Payload? AnswerToProto(object answer) => answer switch
    {
        UserCredential a => new() { UserCredential = ToProto(a) },
        UserPresence a => new()
        {
            UserPresence = new() { Online = a.IsOnline, HasAccount = a.HasAccount, Sessions = a.Sessions, Status = a.Status.ToText() },
        },
        AccountChange.Set a => new() { AccountSet = new() { IsNew = a.IsNew } },
        AccountChange.Removed => new() { AccountRemoved = new() },
        AccountChange.NotFound => new() { AccountNotFound = new() },
        _ => null,
    };

    internal static object? FromProto(P.Payload payload, ReferenceReader references) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.UserSignIn => FromProto(payload.UserSignIn, references),
        P.Payload.KindOneofCase.UserReadCredential => new UserCommands.ReadCredential(Values.Name(payload.UserReadCredential.User)),
        P.Payload.KindOneofCase.UserSignOut => new UserCommands.SignOut(Values.Name(payload.UserSignOut.User), new SessionId(payload.UserSignOut.Id)),
        P.Payload.KindOneofCase.UserFind => new UserCommands.Find(Values.Name(payload.UserFind.User)),
        P.Payload.KindOneofCase.UserSetStatus => FromProto(payload.UserSetStatus),
        P.Payload.KindOneofCase.UserSetPassword => FromProto(payload.UserSetPassword),
        P.Payload.KindOneofCase.UserRemoveAccount =>
            new UserCommands.RemoveAccount(Values.Name(payload.UserRemoveAccount.User), Values.Command(payload.UserRemoveAccount.Command)),
        P.Payload.KindOneofCase.UserEnter => new UserCommands.Enter(RoomMessages.FromProto(payload.UserEnter, references)),
        P.Payload.KindOneofCase.UserCall => FromProto(payload.UserCall),
        P.Payload.KindOneofCase.UserHear => new UserCommands.Hear(Values.Name(payload.UserHear.User), RoomMessages.FromProto(payload.UserHear.Say)),
        P.Payload.KindOneofCase.UserOverhear =>
            new UserCommands.Overhear(Values.Name(payload.UserOverhear.User), SessionMessages.FromProto(payload.UserOverhear.Said)),
        P.Payload.KindOneofCase.UserCredential =>
            new UserCredential(payload.UserCredential.HasPasswordHash ? payload.UserCredential.PasswordHash : null),
        P.Payload.KindOneofCase.UserPresence => FromProto(payload.UserPresence),
        P.Payload.KindOneofCase.AccountSet => new AccountChange.Set(payload.AccountSet.IsNew),
        P.Payload.KindOneofCase.AccountRemoved => new AccountChange.Removed(),
        P.Payload.KindOneofCase.AccountNotFound => new AccountChange.NotFound(),
        _ => null,
    };

    private static P.UserSignIn ToProto(UserCommands.SignIn command, ReferenceWriter references) => new()
    {
        User = command.User.ToString(),
        Id = command.Id.Value,
        Session = references.Write(command.Session),
        Authenticated = command.IsAuthenticated,
        NeedsAccount = command.NeedsAccount,
    };

    private static UserCommands.SignIn FromProto(P.UserSignIn proto, ReferenceReader references) => new(
        Values.Name(proto.User), new SessionId(proto.Id), references.Read(proto.Session), proto.Authenticated, proto.NeedsAccount);

    /// <summary>The first release with clusters gave these no id: it may carry one out twice, as it always did.</summary>
    private static UserCommands.SetStatus FromProto(P.UserSetStatus proto) => new(
        Values.Name(proto.User), Values.Status(proto.Status), proto.Command.IsEmpty ? CommandId.New() : Values.Command(proto.Command));

    private static UserCommands.SetPassword FromProto(P.UserSetPassword proto) =>
        new(Values.Name(proto.User), proto.PasswordHash, Values.Command(proto.Command));

    private static UserCommands.Call FromProto(P.UserCall proto) =>
        new(Values.Name(proto.User), Values.Service(proto.Service), Values.Name(proto.Caller));

    private static P.UserCredential ToProto(UserCredential credential)
    {
        var proto = new P.UserCredential();
        if (credential.PasswordHash is { } hash)
            proto.PasswordHash = hash;
        return proto;
    }

    private static UserPresence FromProto(P.UserPresence proto) =>
        new(proto.Online, proto.HasAccount, proto.Sessions, Values.Status(proto.Status));
}
