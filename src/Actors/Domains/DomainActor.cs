using Akka.Actor;
using Akka.Hosting;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Domains;

/// <summary>
/// A domain: whether it is there, and what holds in it. One per name in the whole cluster. Every node is told of a change once it is stored; one that did not
/// hear it finds it in the store.
/// </summary>
/// <remarks>
/// A domain that is removed goes in steps: each takes some accounts and rooms out of the lists, until the lists show none. That it is being removed is stored
/// before the first step, so whoever is this actor next goes on with it; whoever finds a removal that takes long wakes it (<see cref="DomainQueries.Read"/>).
/// </remarks>
public sealed class DomainActor : EntityActor
{
    /// <summary>Accounts, and rooms, of one step: nobody else's events are to wait for them.</summary>
    private const int MostPerStep = 50;

    /// <summary>By then every node has ended the domain's sessions, with the word for it, and lets in no others.</summary>
    private static readonly TimeSpan _firstStepAfter = TimeSpan.FromSeconds(1);

    /// <summary>Lists are that far behind what is stored.</summary>
    private static readonly TimeSpan _nextStepAfter = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    private readonly Domain _domain;
    private readonly IDomainContents _contents;
    private readonly IActorRef _users;
    private readonly IActorRef _rooms;
    private DomainState _state = DomainState.None;

    /// <param name="domain">Which.</param>
    /// <param name="contents">What there is in it.</param>
    /// <param name="entity">What the node provides.</param>
    public DomainActor(Domain domain, IDomainContents contents, EntityContext entity)
        : base(entity)
    {
        (_domain, _contents) = (domain, contents);
        var actors = ActorRegistry.For(Context.System);
        (_users, _rooms) = (actors.Get<UserActor>(), actors.Get<RoomActor>());
        Region = actors.Get<DomainActor>();
        Command<DomainCommands.Put>(put => Handle(put.Command, _state.Decide(put)));
        Command<DomainCommands.Remove>(remove => Handle(remove.Command, _state.Decide(remove)));
        Command<DomainQueries.Read>(_ => Context.Answer(Record));
        Command<Step>(_ => _contents.ReadAsync(_domain, MostPerStep).PipeTo(Self, failure: _ => Stepped.Instance));
        Command<DomainContents>(Remove);
        Command<Stepped>(_ => StepAfter(_nextStepAfter));
    }

    public override string PersistenceId => EntityIds.Domain(_domain);

    protected override string Tag => "domain";

    protected override IActorRef Region { get; }

    protected override bool IsIdle => _state.Standing != DomainStanding.Removing;

    private DomainRecord Record => new(_domain, _state.Standing, _state.Rules, LastSequenceNr);

    public static Props Props(Domain domain, IDomainContents contents, EntityContext entity) =>
        MadeBy.Props(() => new DomainActor(domain, contents, entity));

    protected override void Apply(object happened) => _state = _state.With((DomainEvent)happened);

    protected override void Recover(object snapshot) => _state = _state.With((DomainSnapshot)snapshot);

    protected override object Snapshot() => _state.Snapshot;

    protected override void Recovered()
    {
        if (_state.Standing == DomainStanding.Removing)
            StepAfter(_firstStepAfter);
    }

    private void Handle(CommandId command, (DomainEvent? Happened, DomainChange Answer) decision)
    {
        if (_state.Answers.Find(command) is { } before)
            Context.Answer(new DomainAnswer(before, LastSequenceNr));
        else if (decision.Happened is not { } happened)
            Context.Answer(new DomainAnswer(decision.Answer, LastSequenceNr));
        else
            Store(happened, () =>
            {
                TellNodes();
                Context.Answer(new DomainAnswer(decision.Answer, LastSequenceNr));
                if (happened is DomainEvent.RemovalBegan)
                    StepAfter(_firstStepAfter);
            });
    }

    private void TellNodes()
    {
        foreach (var node in Nodes.All)
            Nodes.Node(node.Id).Tell(Record, ActorRefs.NoSender);
    }

    private void StepAfter(TimeSpan pause) => Timers.StartSingleTimer(Step.Instance, Step.Instance, pause);

    private void Remove(DomainContents contents)
    {
        if (_state.Standing != DomainStanding.Removing)
            return;
        if (contents.IsEmpty)
        {
            Store(new DomainEvent.DomainRemoved(), TellNodes);
            return;
        }

        // What does not answer now is in the lists still, and is asked in the next step.
        var accounts = contents.Accounts.Select(
            user => (Task)_users.AskEntityAsync<AccountAnswer>(new UserCommands.RemoveAccount(user, CommandId.New(), WithDomain: true), _deadline));
        var rooms = contents.Rooms.Select(room => (Task)_rooms.AskEntityAsync<RoomAnswer>(new RoomCommands.Close(room, CommandId.New()), _deadline));
        Task.WhenAll([.. accounts, .. rooms]).PipeTo(Self, success: () => Stepped.Instance, failure: _ => Stepped.Instance);
    }

    private sealed record Step
    {
        public static Step Instance { get; } = new();
    }

    private sealed record Stepped
    {
        public static Stepped Instance { get; } = new();
    }
}
