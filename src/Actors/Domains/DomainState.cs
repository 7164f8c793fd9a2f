using Conference.Protocol.Session;

namespace Conference.Actors.Domains;

/// <summary>One domain: whether it is there and what holds in it. Immutable.</summary>
/// <param name="Standing">Whether it is there.</param>
/// <param name="Rules">What holds in it.</param>
/// <param name="Answers">What was done by operators' latest commands.</param>
public sealed record DomainState(DomainStanding Standing, DomainRules Rules, RecentAnswers<DomainChange> Answers)
{
    public static DomainState None { get; } = new(DomainStanding.None, DomainRules.None, new());

    public DomainSnapshot Snapshot => new(Standing, Rules, [.. Answers.All.Select(a => new AnsweredDomain(a.Command, a.Answer))]);

    /// <returns>What happens by it, or what it comes to without anything happening.</returns>
    public (DomainEvent? Happened, DomainChange Answer) Decide(DomainCommands.Put put) => Standing switch
    {
        DomainStanding.Removing => (null, DomainChange.IsBeingRemoved),
        _ => (new DomainEvent.DomainPut(put.Rules, put.Command), Standing == DomainStanding.None ? DomainChange.Made : DomainChange.Changed),
    };

    /// <inheritdoc cref="Decide(DomainCommands.Put)"/>
    public (DomainEvent? Happened, DomainChange Answer) Decide(DomainCommands.Remove remove) => Standing switch
    {
        DomainStanding.None => (null, DomainChange.NotFound),
        DomainStanding.Removing => (null, DomainChange.Removed),
        _ => (new DomainEvent.RemovalBegan(remove.Command), DomainChange.Removed),
    };

    public DomainState With(DomainEvent happened) => happened switch
    {
        DomainEvent.DomainPut put => new(
            DomainStanding.Open, put.Rules, Answers.With(put.Command, Standing == DomainStanding.None ? DomainChange.Made : DomainChange.Changed)),
        DomainEvent.RemovalBegan began => this with { Standing = DomainStanding.Removing, Answers = Answers.With(began.Command, DomainChange.Removed) },
        DomainEvent.DomainRemoved => this with { Standing = DomainStanding.None, Rules = DomainRules.None },
        _ => throw new NotSupportedException(happened.GetType().Name),
    };

    public DomainState With(DomainSnapshot snapshot) => new(
        snapshot.Standing, snapshot.Rules, snapshot.Answers.Aggregate(Answers, (answers, a) => answers.With(a.Command, a.Change)));
}
