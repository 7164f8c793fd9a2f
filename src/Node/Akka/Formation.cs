using System.Collections.Immutable;
using Conference.Node.Akka.Remoting;
using Npgsql;

namespace Conference.Node.Akka;

/// <summary>What a node that wants into its cluster is to do.</summary>
internal abstract record FormationPlan
{
    /// <summary>Nobody lives: be the first.</summary>
    public sealed record Found : FormationPlan;

    /// <summary>Join those.</summary>
    public sealed record Join(ImmutableArray<NodeEndpoint> Nodes) : FormationPlan;

    /// <summary>
    /// Somebody may live who is not to be seen in this database: neither join it, it may be another database's (a copied one), nor form a cluster beside it.
    /// </summary>
    public sealed record Wait(NodeEndpoint Node) : FormationPlan;

    /// <summary>This life was put out before it came in.</summary>
    public sealed record Departed : FormationPlan;
}

/// <summary>A node that wants into its cluster.</summary>
internal sealed record Newcomer(NodeIncarnation Incarnation, NodeEndpoint Endpoint, string Name, long Number);

/// <summary>
/// Decides, one node at a time, who is there to be joined. One transaction under the formation lock; a node that freezes in it loses it after 2 s. What a
/// row says counts only as far as its node can be seen: by the lock it holds in this database, else by its port.
/// </summary>
internal sealed class Formation(ClusterIdentity identity, Newcomer self, NodeCredentials credentials)
{
    /// <summary>A node that cannot be seen, and has not refreshed its row for this long, is gone: the host may have vanished.</summary>
    private static readonly TimeSpan _forgotten = TimeSpan.FromSeconds(30);

    /// <summary>A node that holds its lock refreshes its row every second. After this long its process is frozen.</summary>
    private static readonly TimeSpan _frozen = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _knockLimit = TimeSpan.FromMilliseconds(700);

    /// <summary>Others of the same name, as of the last decision.</summary>
    public ImmutableArray<NodeEndpoint> Namesakes { get; private set; } = [];

    /// <exception cref="NpgsqlException">The database is away, or somebody else has been deciding for too long.</exception>
    public async Task<FormationPlan> DecideAsync(NodeSession session, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken).ConfigureAwait(false);
        await session.WriteAsync(NodeSql.FormationLock, [identity.FormationKey], cancellationToken).ConfigureAwait(false);
        await session.WriteAsync(NodeSql.DeleteForeign, [identity.Value], cancellationToken).ConfigureAwait(false);
        await session.WriteAsync(NodeSql.DepartEarlierLives, [self.Endpoint.Host, self.Endpoint.Port, self.Incarnation.Value], cancellationToken).ConfigureAwait(false);
        var rows = (await ReadRowsAsync(session, cancellationToken).ConfigureAwait(false)).Where(r => r.Incarnation != self.Incarnation).ToArray();
        var (living, doubtful, gone) = await SortAsync(session, rows, cancellationToken).ConfigureAwait(false);
        foreach (var row in gone)
            await session.WriteAsync(NodeSql.Depart, [row.Incarnation.Value, identity.IncarnationKey(row.Incarnation)], cancellationToken).ConfigureAwait(false);
        Namesakes = [.. living.Where(r => r.Name == self.Name).Select(r => r.Endpoint)];
        // Nobody can join a node that is itself still looking for somebody to join.
        var seeds = living.Where(r => r.State != NodeState.Joining).ToArray();
        var awake = seeds.Where(r => r.Silence < _frozen).ToArray();
        FormationPlan plan;
        if (awake.Length > 0)
        {
            plan = new FormationPlan.Join([.. awake.OrderBy(r => r.Silence).Select(r => r.Endpoint)]);
        }
        else if (doubtful.FirstOrDefault(r => r.State != NodeState.Joining) is { } unseen)
        {
            plan = new FormationPlan.Wait(unseen.Endpoint);
        }
        else
        {
            // They hold up everybody: whoever wakes up will find itself departed.
            foreach (var row in seeds)
                await session.WriteAsync(NodeSql.Depart, [row.Incarnation.Value, identity.IncarnationKey(row.Incarnation)], cancellationToken).ConfigureAwait(false);
            plan = new FormationPlan.Found();
        }

        bool isIn = await RegisterAsync(session, plan is FormationPlan.Found ? NodeState.Founding : NodeState.Joining, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return isIn ? plan : new FormationPlan.Departed();
    }

    /// <summary>Writes or refreshes the own row.</summary>
    /// <returns>False: this life was put out of the cluster.</returns>
    public async Task<bool> RegisterAsync(NodeSession session, NodeState state, CancellationToken cancellationToken) => await session.WriteAsync(
        NodeSql.Register, [self.Incarnation.Value, identity.Value, self.Endpoint.Host, self.Endpoint.Port, self.Name, self.Number, state.Text()], cancellationToken).ConfigureAwait(false) == 1;

    private static Task<NodeRow[]> ReadRowsAsync(NodeSession session, CancellationToken cancellationToken) => session.ReadAsync(
        NodeSql.Rows, [], r => new NodeRow(
            new NodeIncarnation(r.GetString(0)), new NodeEndpoint(r.GetString(1), r.GetInt32(2)), r.GetString(3), NodeStates.Parse(r.GetString(5)), TimeSpan.FromSeconds(r.GetDouble(6))),
        cancellationToken);

    /// <returns>Who holds the lock of their life; who does not and may live all the same; who is gone.</returns>
    private async Task<(NodeRow[] Living, NodeRow[] Doubtful, NodeRow[] Gone)> SortAsync(NodeSession session, NodeRow[] rows, CancellationToken cancellationToken)
    {
        long[] keys = [.. rows.Select(r => identity.IncarnationKey(r.Incarnation))];
        var held = (await session.ReadAsync(NodeSql.Held, [keys], r => r.GetInt64(0), cancellationToken).ConfigureAwait(false)).ToHashSet();
        var living = rows.Where(r => held.Contains(identity.IncarnationKey(r.Incarnation))).ToArray();
        var unseen = rows.Except(living).ToArray();
        // At once: the formation lock is held meanwhile.
        var answers = await Task.WhenAll(unseen.Select(r => Knock.AtNodeAsync(r.Endpoint, credentials, _knockLimit))).ConfigureAwait(false);
        var isDoubtful = unseen.Zip(answers, (row, answer) => answer switch
        {
            KnockAnswer.Node => true,
            KnockAnswer.Refused => false,
            _ => row.Silence < _forgotten,
        }).ToArray();
        return (living, [.. unseen.Where((_, i) => isDoubtful[i])], [.. unseen.Where((_, i) => !isDoubtful[i])]);
    }
}
