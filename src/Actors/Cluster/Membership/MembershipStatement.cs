using System.Collections.Immutable;
using Conference.Actors.Runtime.Sharding;

namespace Conference.Actors.Cluster.Membership;

/// <summary>
/// What is to be done on the tables, each in one statement or transaction of its own. Conditions and results are exact: the simulation's
/// model of the tables (tests/Cluster.Simulation.Tests) implements the same sentences.
/// <para>
/// Common to all: a transaction that changes a node's state or a shard's row adds one to the cluster row's version, as its last
/// update, and notifies the channel with the new version; one that changed nothing does neither. Rows are locked in the order node, shard (by id), cluster.
/// No transaction waits for its client between its first row lock and its commit.
/// </para>
/// </summary>
/// <param name="Self">The life that asks.</param>
public abstract record MembershipStatement(NodeId Self)
{
    /// <summary>
    /// On a connection of its own, kept from now on (an earlier life's is closed first): take the session advisory lock that stands for
    /// <paramref name="Self"/>, listen on the channel. -> <see cref="StatementResult.Done"/>.
    /// </summary>
    public sealed record HoldSession(NodeId Self) : MembershipStatement(Self);

    /// <summary>
    /// If there is a row of this id: -> <see cref="StatementResult.Fenced"/> if it is evicted or down, else
    /// <see cref="StatementResult.Registered"/> with what it says (an earlier try was done). Else, if another row with the same link is
    /// joining, up, leaving or evicted and its advisory lock is held: -> <see cref="StatementResult.AddressInUse"/>. Else insert it with the next number, beat 0, nobody
    /// accused, <see cref="NodeRowState.Up"/> if no other row is, else <see cref="NodeRowState.Joining"/>: ->
    /// <see cref="StatementResult.Registered"/>. In the same transaction, rows that are down, own nothing and are 256 numbers behind are
    /// deleted (which changes no version).
    /// </summary>
    public sealed record Register(NodeId Self, NodeCard Card) : MembershipStatement(Self);

    /// <summary>
    /// Where id = <paramref name="Self"/> and the state is joining, up or leaving: beat = beat + 1, accused =
    /// <paramref name="Accused"/>. -> <see cref="StatementResult.Beaten"/> with the cluster row's version, of a snapshot no older than the sending;
    /// no row: <see cref="StatementResult.Fenced"/>. Changes no version. On a connection and thread of its own.
    /// </summary>
    public sealed record Beat(NodeId Self, ImmutableArray<NodeId> Accused) : MembershipStatement(Self);

    /// <summary>One snapshot of all: -> <see cref="StatementResult.Loaded"/>.</summary>
    public sealed record Load(NodeId Self) : MembershipStatement(Self);

    /// <summary>
    /// The rows of <paramref name="Nodes"/> (all when default) that are not down, with whether their advisory lock is held for those of
    /// <paramref name="Suspects"/>: -> <see cref="StatementResult.Observed"/>.
    /// </summary>
    public sealed record Observe(NodeId Self, ImmutableArray<NodeId> Nodes, ImmutableArray<NodeId> Suspects) : MembershipStatement(Self);

    /// <summary>
    /// One transaction. Take the transaction advisory lock of reconciling if it is free at once; else ->
    /// <see cref="StatementResult.Busy"/>. Read the tables in one snapshot; compute
    /// <see cref="ReconcilePlan.Decide"/> from them, <paramref name="Evidence"/> and the rules; if it is empty, end. Else, sent together with
    /// the commit, so that no row stays locked while this node stands still:
    /// <list type="number">
    /// <item>each of <see cref="ReconcilePlan.Dead"/>: state = down where id and beat are still those and it is not down;</item>
    /// <item>end all database sessions of those that the first changed;</item>
    /// <item>each of <see cref="ReconcilePlan.Evicted"/>: state = evicted where it is joining, up or leaving;</item>
    /// <item>each of <see cref="ReconcilePlan.Takeovers"/>: owner = to, target = null, epoch = epoch + 1 where epoch is still that, and either
    /// the owner is null, or down (as of now, in this transaction), or has no row, or the takeover is overdue and the shard is draining;</item>
    /// <item>each of <see cref="ReconcilePlan.Drains"/>: target = to where epoch is still that and the owner is not null.</item>
    /// </list>
    /// -> <see cref="StatementResult.Reconciled"/> with the plan. All are conditional, so what others did between the reading and the writing stands.
    /// </summary>
    public sealed record Reconcile(NodeId Self, ReconcileEvidence Evidence) : MembershipStatement(Self);

    /// <summary>
    /// Each of <paramref name="Shards"/>: owner = target, target = null, epoch = epoch + 1 where owner = <paramref name="Self"/>, epoch
    /// is still that and target is not null, all in one statement. -> <see cref="StatementResult.Done"/>, also when none was.
    /// </summary>
    public sealed record CompleteHandoff(NodeId Self, ImmutableArray<ShardEpoch> Shards) : MembershipStatement(Self);

    /// <summary>
    /// state = <paramref name="State"/> (up or leaving) where id = <paramref name="Self"/> and the state is joining, up or leaving, and another.
    /// -> <see cref="StatementResult.Done"/>, also when no row was.
    /// </summary>
    public sealed record SetState(NodeId Self, NodeRowState State) : MembershipStatement(Self);

    /// <summary>
    /// One transaction: the row of <paramref name="Self"/>: state = down; every shard it owns: owner = null, target = null, epoch = epoch + 1.
    /// -> <see cref="StatementResult.Done"/>, also when there was nothing.
    /// </summary>
    public sealed record Release(NodeId Self) : MembershipStatement(Self);
}

/// <summary>A shard at an epoch.</summary>
public readonly record struct ShardEpoch(ShardId Shard, long Epoch);
