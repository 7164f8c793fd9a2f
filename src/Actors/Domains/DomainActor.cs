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
/// A domain that is removed goes in steps: each removes some of the accounts and rooms that lists show, until none of them is there any more. That it is being removed is stored
/// before the first step, so whoever is this actor next goes on with it; whoever finds a removal that takes long wakes it (<see cref="DomainQueries.Read"/>).
/// </remarks>
public sealed class DomainActor : EntityActor
{
    /// <summary>Accounts, and rooms, of one step: nobody else's events are to wait for them.</summary>
    private const int MostPerStep = 50;

    /// <summary>By then every node has ended the domain's sessions, with the word for it, and lets in no others.</summary>
    private static readonly TimeSpan _firstStepAfter = TimeSpan.FromSeconds(1);

    /// <summary>Lists show what was done in the one before by then.</summary>
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
        Command<Step>(_ => RemoveSomeAsync().PipeTo(Self, failure: _ => new Stepped(IsOver: false)));
        Command<Stepped>(Go);
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

    /// <summary>What does not answer now is in the lists still, and is asked in the next step.</summary>
    private async Task<Stepped> RemoveSomeAsync()
    {
        var contents = await _contents.ReadAsync(_domain, MostPerStep);
        var accounts = Task.WhenAll(contents.Accounts.Select(
            user => _users.AskEntityAsync<AccountAnswer>(new UserCommands.RemoveAccount(user, CommandId.New(), WithDomain: true), _deadline)));
        var rooms = Task.WhenAll(contents.Rooms.Select(room => _rooms.AskEntityAsync<RoomAnswer>(new RoomCommands.Close(room, CommandId.New()), _deadline)));
        await Task.WhenAll(accounts, rooms);

        // Lists are behind: what they show and nobody knows of is gone.
        bool isNothing = (await accounts).All(a => a.Change == AccountChange.NotFound) && (await rooms).All(r => r.SequenceNr == 0);
        return new Stepped(isNothing && contents.Accounts.Count < MostPerStep && contents.Rooms.Count < MostPerStep);
    }

    private void Go(Stepped step)
    {
        if (_state.Standing != DomainStanding.Removing)
            return;
        if (step.IsOver)
            Store(new DomainEvent.DomainRemoved(), TellNodes);
        else
            StepAfter(_nextStepAfter);
    }

    private sealed record Step
    {
        public static Step Instance { get; } = new();
    }

    /// <param name="IsOver">Nothing was left.</param>
    private sealed record Stepped(bool IsOver);
}
