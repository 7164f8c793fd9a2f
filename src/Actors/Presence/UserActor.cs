using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>
/// A user's presence: which sessions are signed in, and the status they show. One per name in the whole cluster; it
/// exists only while somebody is signed in or asks.
/// </summary>
public sealed class UserActor : EntityActor
{
    private readonly Name _name;
    private readonly IActorRef _rooms;
    private UserState _state = UserState.Absent;

    /// <param name="name">Whose presence.</param>
    /// <param name="rooms">The region of <see cref="RoomActor"/>s.</param>
    public UserActor(Name name, IActorRef rooms)
    {
        _name = name;
        _rooms = rooms;
        On<UserCommands.SignIn>(SignIn);
        On<UserCommands.SignOut>(command => Remove(command.Session));
        On<UserCommands.ReadCredential>(_ => Sender.Tell(new UserCredential(null)));
        On<UserCommands.Find>(_ => Sender.Tell(new UserPresence(_state.IsOnline, _state.Status)));
        On<UserCommands.SetStatus>(SetStatus);
        On<UserCommands.Enter>(command => _rooms.Forward(command.Join with { HasOwner = _state.IsOnline }));
        On<UserCommands.Call>(Call);
        On<UserCommands.Hear>(Hear);
        On<UserCommands.Overhear>(command => TellSessions(command.Said));
        On<Terminated>(terminated => Remove(terminated.ActorRef));
    }

    public static Props Props(Name name, IActorRef rooms) => Runtime.Props.Create(() => new UserActor(name, rooms));

    /// <summary>Nobody signed in: nothing here is worth keeping, whatever it was that woke this actor.</summary>
    protected override bool IsIdle => !_state.IsOnline;

    private void SignIn(UserCommands.SignIn command)
    {
        if (!_state.MaySignIn(command))
        {
            Sender.Tell(new SessionOutcome.Refused("name in use"));
            return;
        }

        foreach (var impostor in _state.ImpostorsBeside(command))
        {
            Context.Unwatch(impostor);
            impostor.Tell(new SessionCommands.End("name taken"));
        }

        _state = _state.With(command);
        Context.Watch(command.Session);
        Sender.Tell(new SessionOutcome.SignedIn(_name));
    }

    private void Remove(IActorRef session)
    {
        Context.Unwatch(session);
        _state = _state.WithoutSession(session);
    }

    private void SetStatus(UserCommands.SetStatus command)
    {
        _state = _state with { Status = command.Status };
        Sender.Tell(new SessionOutcome.StatusIs(_state.Status));
    }

    private void Call(UserCommands.Call command)
    {
        if (command.Caller != _name)
            TellSessions(new SessionNotice.Called(command.Service, command.Caller));
    }

    private void Hear(UserCommands.Hear command)
    {
        if (_state.IsOnline)
            TellSessions(new SessionNotice.Said(command.Say.Speaker, command.Say.Service, command.Say.Text));
        else
            _rooms.Forward(command.Say);
    }

    private void TellSessions(SessionNotice notice)
    {
        foreach (var session in _state.Sessions)
            session.Tell(notice);
    }
}
