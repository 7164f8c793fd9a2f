using Conference.Actors.Domains;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Domains;

public sealed class DomainStateTests
{
    private static readonly Domain _acme = Domain.Parse("acme.example");
    private static readonly DomainRules _rules = new(SignInRequired: true, MaxMembers: 7);

    [Fact]
    public void A_domain_is_made_once_and_changed_after_that()
    {
        var (made, answer) = DomainState.None.Decide(Put(_rules));
        Assert.Equal(DomainChange.Made, answer);
        var state = DomainState.None.With(made!);
        Assert.Equal((DomainStanding.Open, _rules), (state.Standing, state.Rules));

        (made, answer) = state.Decide(Put(DomainRules.None));
        Assert.Equal(DomainChange.Changed, answer);
        Assert.Equal(DomainRules.None, state.With(made!).Rules);
    }

    [Fact]
    public void What_is_being_removed_is_neither_made_nor_removed_again()
    {
        var state = DomainState.None.With(Event(DomainState.None.Decide(Put(_rules))));
        state = state.With(Event(state.Decide(Remove())));
        Assert.Equal(DomainStanding.Removing, state.Standing);
        Assert.Equal((null, DomainChange.IsBeingRemoved), state.Decide(Put(_rules)));
        Assert.Equal((null, DomainChange.Removed), state.Decide(Remove()));

        state = state.With(new DomainEvent.DomainRemoved());
        Assert.Equal((DomainStanding.None, DomainRules.None), (state.Standing, state.Rules));
        Assert.Equal((null, DomainChange.NotFound), state.Decide(Remove()));
        Assert.Equal(DomainChange.Made, state.Decide(Put(_rules)).Answer);
    }

    [Fact]
    public void A_snapshot_is_all_there_is()
    {
        var put = Put(_rules);
        var state = DomainState.None.With(Event(DomainState.None.Decide(put)));
        state = state.With(Event(state.Decide(Remove())));
        var again = DomainState.None.With(state.Snapshot);
        Assert.Equal((state.Standing, state.Rules), (again.Standing, again.Rules));
        Assert.Equal(DomainChange.Made, again.Answers.Find(put.Command));
        Assert.Equal(2, again.Answers.All.Count);
    }

    private static DomainEvent Event((DomainEvent? Happened, DomainChange Answer) decision) => decision.Happened!;

    private static DomainCommands.Put Put(DomainRules rules) => new(_acme, rules, CommandId.New());

    private static DomainCommands.Remove Remove() => new(_acme, CommandId.New());
}
