namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// One node's part in the cluster, pure: inputs and the time of this node's monotonic clock in, outputs out. Not thread-safe: one caller at a
/// time, and outputs are taken up in order. Time never goes back.
/// </summary>
/// <param name="card">What this node says of itself.</param>
/// <param name="rules">The same on every node.</param>
/// <param name="newId">Makes ids nobody else makes.</param>
public sealed class MembershipMachine(NodeCard card, MembershipRules rules, Func<NodeId> newId)
{
    /// <summary>The life this node is in.</summary>
    public NodeId Self { get; private set; } = newId();

    /// <summary>When it wants <see cref="MembershipInput.Tick"/>, at the latest.</summary>
    public TimeSpan NextTick { get; private set; }

    public NodeCard Card => card;

    public MembershipRules Rules => rules;

    /// <summary>One step.</summary>
    /// <returns>What is to be done now.</returns>
    public IReadOnlyList<MembershipOutput> Step(MembershipInput input, TimeSpan now)
    {
        _ = input;
        NextTick = now + rules.Beat;
        return [];
    }
}
