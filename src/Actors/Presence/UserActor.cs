using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Actors.Sessions;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Presence;

/// <summary>
/// A user: its account, its status, and which sessions are signed in. One per name in the whole cluster; it runs only while
/// somebody is signed in or asks, and comes back from its journal.
/// </summary>
public sealed class UserActor : PersistentEntityActor
{
    private const int EventsPerSnapshot = 100;

    private readonly Name _name;
    private readonly IActorRef _rooms;
    private UserState _state = UserState.Absent;

    /// <param name="name">Which user.</param>
    /// <param name="rooms">The region of rooms.</param>
    public UserActor(Name name, IActorRef rooms)
    {
        _name = name;
        _rooms = rooms;
        Recover<SnapshotOffer>(offer => _state = _state.With((UserSnapshot)offer.Snapshot));
        Recover<UserEvent>(happened => _state = _state.With(happened));
        On<UserCommands.SignIn>(SignIn);
        On<UserCommands.SignOut>(command => Remove(command.Id));
        On<UserCommands.ReadCredential>(_ => Context.Answer(new UserCredential(_state.PasswordHash)));
        On<UserCommands.Find>(_ => Context.Answer(new UserPresence(_state.IsOnline, _state.HasAccount, _state.Sessions.Count, _state.Status)));
        On<UserCommands.SetStatus>(SetStatus);
        On<UserCommands.SetPassword>(SetPassword);
        On<UserCommands.RemoveAccount>(RemoveAccount);
        On<UserCommands.Enter>(Enter);
        On<UserCommands.Call>(Call);
        On<UserCommands.Hear>(Hear);
        On<UserCommands.Overhear>(command => TellSessions(command.Said));
        On<Terminated>(SessionEnded);
    }

    public override PersistenceId PersistenceId => PersistenceId.User(_name);

    protected override bool IsIdle => !_state.IsOnline;

    public static Props Props(Name name, IActorRef rooms) => Runtime.Props.Create(() => new UserActor(name, rooms));

    /// <summary>
    /// Reached with sessions when a write failed, and by a bug here. Who is signed in is not journaled: those who are say so again, to
    /// whoever is this user then.
    /// </summary>
    protected override void PostStop() => TellSessions(new SessionCommands.Forgotten(_name));

    private void SignIn(UserCommands.SignIn command)
    {
        if (!_state.MaySignIn(command))
        {
            Context.Answer(new SessionOutcome.Refused("name in use"));
            return;
        }

        foreach (var impostor in _state.ImpostorsBeside(command).Values)
        {
            Context.Unwatch(impostor);
            impostor.Tell(new SessionCommands.End("name taken"));
        }

        if (_state.Sessions.TryGetValue(command.Id, out var before) && !before.Equals(command.Session))
            Context.Unwatch(before);
        _state = _state.With(command);
        Context.Watch(command.Session);
        Context.Answer(new SessionOutcome.SignedIn(_name));
    }

    private void Remove(SessionId session)
    {
        if (_state.Sessions.TryGetValue(session, out var actor))
            Context.Unwatch(actor);
        _state = _state.WithoutSession(session);
    }

    private void SessionEnded(Terminated ended)
    {
        foreach (var (session, _) in _state.Sessions.Where(s => s.Value.Equals(ended.ActorRef)))
            _state = _state.WithoutSession(session);
    }

    private void SetStatus(UserCommands.SetStatus command)
    {
        if (IsAnswered(_state.StatusAnswers, command.Command))
            return;
        var set = new UserEvent.StatusSet(command.Status, command.Command);
        var answer = new SessionOutcome.StatusIs(command.Status);
        if (!_state.IsOnline)
            Context.Answer(SessionOutcome.Refused.TryAgain);
        else if (_state.IsAuthenticated)
            Persist(set, Apply, answer);
        else
        {
            _state = _state.With(set);
            Context.Answer(answer);
        }
    }

    private void SetPassword(UserCommands.SetPassword command)
    {
        if (IsAnswered(_state.Answers, command.Command))
            return;
        bool isNew = !_state.HasAccount;
        UserEvent happened = isNew
            ? new UserEvent.AccountCreated(command.PasswordHash, command.Command)
            : new UserEvent.PasswordChanged(command.PasswordHash, command.Command);
        Persist(
            happened,
            set =>
            {
                Apply(set);
                if (isNew && !_state.IsAuthenticated)
                    EndSessions("name taken");
            },
            new AccountChange.Set(isNew),
            new ReadModelChange.Present(new DirectoryEntry(DirectoryKind.User, _name)));
    }

    private void RemoveAccount(UserCommands.RemoveAccount command)
    {
        if (IsAnswered(_state.Answers, command.Command))
            return;
        if (!_state.HasAccount)
        {
            var answer = new AccountChange.NotFound();
            _state = _state.WithAnswer(command.Command, answer);
            Context.Answer(answer);
            return;
        }

        Persist(
            new UserEvent.AccountRemoved(command.Command),
            removed =>
            {
                Apply(removed);
                EndSessions("account removed");
            },
            new AccountChange.Removed(),
            new ReadModelChange.Absent(DirectoryKind.User, _name));
    }

    /// <summary>Asked again: told again, and nothing is done twice.</summary>
    private bool IsAnswered<T>(RecentAnswers<T> answers, CommandId command)
        where T : class
    {
        if (answers.Find(command) is not { } answer)
            return false;
        Context.Answer(answer);
        return true;
    }

    /// <summary>Stores, applies, answers: in that order.</summary>
    private void Persist<T>(T happened, Action<T> apply, object answer, params IReadOnlyList<ReadModelChange> changes)
        where T : UserEvent =>
        base.Persist(
            happened,
            stored =>
            {
                apply(stored);
                Context.Answer(answer);
            },
            changes);

    private void Apply(UserEvent happened)
    {
        _state = _state.With(happened);
        if (LastSequenceNr - SnapshotSequenceNr >= EventsPerSnapshot)
            SaveSnapshot(_state.Snapshot);
    }

    /// <summary>An account that is offline is not here, whatever rooms may be opened.</summary>
    private void Enter(UserCommands.Enter command)
    {
        if (_state.HasAccount && !_state.IsOnline)
            Context.Answer(new SessionOutcome.Refused($"{_name} is not here"));
        else
            _rooms.Forward(command.Join with { HasOwner = _state.IsOnline });
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
        else if (!_state.HasAccount)
            _rooms.Forward(command.Say);
    }

    private void EndSessions(string reason) => TellSessions(new SessionCommands.End(reason));

    private void TellSessions(object message)
    {
        foreach (var session in _state.Sessions.Values)
            session.Tell(message);
    }
}
