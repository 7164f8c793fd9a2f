using Conference.Actors.Cluster.Membership;

namespace Conference.Cluster.Simulation.Tests.Model;

/// <summary>What becomes of one statement, as its client sees it: exactly one of both, once.</summary>
internal sealed class Answer(SimulatedNode client, MembershipStatement statement, TimeSpan sent, World world)
{
    private bool _isGiven;

    public SimulatedNode Client => client;

    public MembershipStatement Statement => statement;

    /// <summary>Between which starts and stops of the database it was sent: its connection does not outlive them.</summary>
    public int Era { get; init; }

    /// <summary>Of a reconcile: what is known of it.</summary>
    public Reconciling? Reconciling { get; init; }

    /// <summary>The client waits for it no more.</summary>
    public bool IsGiven => _isGiven;

    public void Complete(StatementResult result) => client.Post(() =>
    {
        if (!_isGiven)
        {
            _isGiven = true;
            client.Step(new MembershipInput.Completed(statement, result, sent));
        }
    });

    /// <summary>Nobody knows whether it was done.</summary>
    public void Fail() => client.Post(() =>
    {
        if (!_isGiven)
        {
            _isGiven = true;
            client.LastErrorAt = world.Now;
            client.Step(new MembershipInput.Failed(statement));
        }
    });

    /// <summary>The client waits no longer than it said, though the statement may be done after that.</summary>
    public void Expire(MembershipRules rules) =>
        world.After(statement is MembershipStatement.Beat ? rules.BeatTimeout : rules.StatementTimeout, Fail);
}
