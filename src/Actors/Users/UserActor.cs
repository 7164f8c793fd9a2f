using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Actors.Tracing;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Users;

/// <summary>
/// A user: its account, its status, and which sessions are signed in. One per name in the whole cluster; it runs only while
/// somebody is signed in or asks, and comes back from its journal.
/// </summary>
/// <remarks>
/// Sessions are not stored: each watches this actor, and says again who it is when it ends. Until those of before have had the time for that, a
/// name without an account is kept from strangers: see <see cref="NameGap"/>.
/// </remarks>
public sealed class UserActor : EntityActor
{
    private readonly Name _name;
    private readonly NameGap _gap;
    private readonly IActorRef _rooms;
    private UserState _state = UserState.Absent;

    /// <param name="name">Which user.</param>
    /// <param name="entity">What the node provides.</param>
    /// <param name="shards">How long this node has had the user's shard.</param>
    public UserActor(Name name, EntityContext entity, ShardTenures shards)
        : base(entity)
    {
        _name = name;
        _gap = new NameGap(shards, EntityIds.Of(name));
        var actors = ActorRegistry.For(Context.System);
        _rooms = actors.Get<RoomActor>();
        Region = actors.Get<UserActor>();
        Command<UserCommands.SignIn>(SignIn);
        Command<UserCommands.SignOut>(command => Remove(command.Id));
        Command<UserQueries.ReadCredential>(_ => Context.Answer(new UserCredential(_state.PasswordHash, _state.PasswordSetBy)));
        Command<UserQueries.Find>(_ => OnceKnown(() => Context.Answer(_state.Presence)));
        Command<UserCommands.SetStatus>(SetStatus);
        Command<UserCommands.SetPassword>(SetPassword);
        Command<UserCommands.RemoveAccount>(RemoveAccount);
        Command<UserCommands.Enter>(command => OnceKnown(() => Enter(command)));
        Command<UserCommands.Call>(Call);
        Command<UserCommands.DeliverChat>(command => OnceKnown(() => DeliverChat(command)));
        Command<UserCommands.Overhear>(command => TellSessions(command.Said));
        Command<Terminated>(SessionEnded);
        Command<SignedInHere>(told =>
        {
            if (told.IsHere)
                _gap.IsSomebodySomewhere();
            else if (_gap.IsNobodyAt(told.Node))
                CloseGap();
        });
        Command<GapOver>(_ =>
        {
            if (_gap.GoesOn())
                AskWhoHasTheName();
            else
                CloseGap();
        });
    }

    public override string PersistenceId => EntityIds.User(_name);

    protected override string Tag => "user";

    protected override IActorRef Region { get; }

    protected override bool IsIdle => !_state.IsOnline && !_gap.IsOpen;

    public static Props Props(Name name, EntityContext entity, ShardTenures shards) =>
        MadeBy.Props(() => new UserActor(name, entity, shards));

    protected override void Apply(object happened) => _state = _state.With((UserEvent)happened);

    protected override void Recover(object snapshot) => _state = _state.With((UserSnapshot)snapshot);

    protected override object Snapshot() => _state.Snapshot;

    protected override void Recovered()
    {
        if (_gap.IsOpen)
            AskWhoHasTheName();
    }

    private void AskWhoHasTheName()
    {
        Timers.StartSingleTimer(GapOver.Instance, GapOver.Instance, NameGap.Length);
        foreach (var node in Nodes.All)
        {
            _gap.Asked(node.Id);
            Nodes.Node(node.Id).Tell(new NodeCommands.IsSignedIn(_name), Self);
        }
    }

    protected override void PreStart()
    {
        base.PreStart();
        Metrics.Actors(CountedActor.UserActor, +1);
    }

    protected override void PostStop()
    {
        Metrics.Actors(CountedActor.UserActor, -1);
        _gap.Interrupted(_state.IsOnline);
        base.PostStop();
    }

    /// <summary>What depends on who is signed in waits while that may be somebody who has not said so yet.</summary>
    private void OnceKnown(Action handle)
    {
        if (_gap.IsOpen && !_state.IsOnline && !_state.HasAccount)
            PutAside();
        else
            handle();
    }

    private void CloseGap()
    {
        _gap.Close();
        Timers.Cancel(GapOver.Instance);
        TakeUp();
    }

    private void SignIn(UserCommands.SignIn command)
    {
        if (command is { IsAgain: false, IsAuthenticated: false } && _gap.IsOpen && !_state.IsOnline && !_state.HasAccount)
        {
            PutAside();
            return;
        }

        string? refusal = Domains.Has(_name.Domain) ? _state.Refuse(command, Now) : SignedOut.DomainGone(_name.Domain);
        if (refusal is { } why)
        {
            Context.Answer(new SignInAnswer(null, why));
            return;
        }

        foreach (var impostor in _state.ImpostorsBeside(command).Values)
        {
            Context.Unwatch(impostor);
            impostor.Tell(new SessionCommands.End(SignedOut.NameTaken));
        }

        if (_state.Sessions.TryGetValue(command.Id, out var before) && !before.Equals(command.Session))
            Context.Unwatch(before);
        _state = _state.With(command);
        Context.Watch(command.Session);
        Context.Answer(new SignInAnswer(Self));
        if (_gap.IsOpen)
            CloseGap();
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
        var set = new UserEvent.StatusSet(command.Status, command.Command);
        if (_state.StatusAnswers.Find(command.Command) is { } answer)
            Context.Answer(new StatusAnswer(answer));
        else if (!_state.IsOnline)
            Context.Answer(Unavailable.Instance);
        else if (_state.IsAuthenticated)
            Store(set, () => Context.Answer(new StatusAnswer(command.Status)));
        else
        {
            _state = _state.With(set);
            Context.Answer(new StatusAnswer(command.Status));
        }
    }

    private void SetPassword(UserCommands.SetPassword command)
    {
        if (IsAnswered(command.Command))
            return;
        if (!Domains.Has(_name.Domain))
        {
            Answer(AccountChange.NotFound);
            return;
        }

        bool isNew = !_state.HasAccount, isTaken = !_state.IsAuthenticated;
        UserEvent happened = isNew
            ? new UserEvent.AccountCreated(command.PasswordHash, command.Command)
            : new UserEvent.PasswordChanged(command.PasswordHash, command.Command);
        Store(happened, () =>
        {
            if (!isNew)
                EndSessions(SignedOut.PasswordChanged);
            else if (isTaken)
                EndSessions(SignedOut.NameTaken);
            Answer(isNew ? AccountChange.Created : AccountChange.PasswordChanged);
        });
    }

    private void RemoveAccount(UserCommands.RemoveAccount command)
    {
        if (IsAnswered(command.Command))
            return;
        if (!_state.HasAccount)
        {
            _state = _state.WithAnswer(command.Command, AccountChange.NotFound);
            Answer(AccountChange.NotFound);
            return;
        }

        Store(new UserEvent.AccountRemoved(command.Command, command.WithDomain ? null : Now), () =>
        {
            EndSessions(SignedOut.AccountRemoved);
            Answer(AccountChange.Removed);
        });
    }

    /// <summary>Asked again: told again, and nothing is done twice.</summary>
    private bool IsAnswered(CommandId command)
    {
        if (_state.Answers.Find(command) is not { } answer)
            return false;
        Answer(answer);
        return true;
    }

    private void Answer(AccountChange change) => Context.Answer(new AccountAnswer(change, LastSequenceNr));

    /// <summary>An account that is offline is not here, whatever rooms may be opened.</summary>
    private void Enter(UserCommands.Enter command)
    {
        if (_state.HasAccount && !_state.IsOnline)
            Context.Answer(new SessionOutcome.Refused($"{_name.Local} is not here"));
        else
            _rooms.ForwardTraced(command.Join with { HasOwner = _state.IsOnline, IsOfAccount = _state.HasAccount || _state.IsAuthenticated });
    }

    private void Call(UserCommands.Call command)
    {
        if (command.Caller != _name)
            TellSessions(new SessionNotice.Called(command.Service, command.Caller));
    }

    private void DeliverChat(UserCommands.DeliverChat command)
    {
        if (_state.IsOnline)
            TellSessions(new SessionNotice.Said(command.Say.Speaker, command.Say.Service, command.Say.Text));
        else if (!_state.HasAccount)
            _rooms.ForwardTraced(command.Say);
    }

    private void EndSessions(string reason) => TellSessions(new SessionCommands.End(reason));

    private void TellSessions(object message)
    {
        foreach (var session in _state.Sessions.Values)
            session.Tell(message, ActorRefs.NoSender);
    }

    private sealed record GapOver
    {
        public static GapOver Instance { get; } = new();
    }
}
