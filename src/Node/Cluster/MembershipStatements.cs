using System.Collections.Immutable;
using Conference.Actors.Cluster;
using Conference.Actors.Cluster.Membership;
using Npgsql;

namespace Conference.Node.Cluster;

/// <summary>
/// Does what <see cref="MembershipStatement"/> says, on one connection. Waits for the server and for nothing else, so that it works where
/// the thread pool has no thread to spare. What fails is told by an exception; the connection is not to be used again then.
/// </summary>
internal static class MembershipStatements
{
    internal static StatementResult Execute(NpgsqlConnection connection, MembershipStatement statement, MembershipRules rules)
    {
        switch (statement)
        {
            case MembershipStatement.Beat beat:
                return Beat(connection, beat);
            case MembershipStatement.Register register:
                return Register(connection, register);
            case MembershipStatement.Load:
                return new StatementResult.Loaded(Load(connection));
            case MembershipStatement.Observe observe:
                return new StatementResult.Observed(Observe(connection, observe));
            case MembershipStatement.Reconcile reconcile:
                return Reconcile(connection, reconcile, rules);
            case MembershipStatement.CompleteHandoff handoff:
                CompleteHandoff(connection, handoff);
                return StatementResult.Done.Instance;
            case MembershipStatement.SetState state:
                new SqlBatch(connection)
                    .Add(MembershipSql.SetState, state.Self.Value, TablesReader.NameOf(state.State))
                    .CountVersion().Execute();
                return StatementResult.Done.Instance;
            case MembershipStatement.Release release:
                new SqlBatch(connection)
                    .Add(MembershipSql.GoDown, release.Self.Value)
                    .Add(MembershipSql.LockOwnShards, release.Self.Value)
                    .Add(MembershipSql.FreeShards, release.Self.Value)
                    .CountVersion().Execute();
                return StatementResult.Done.Instance;
            default:
                throw new ArgumentException($"{statement.GetType().Name} is done elsewhere", nameof(statement));
        }
    }

    private static StatementResult Beat(NpgsqlConnection connection, MembershipStatement.Beat beat) =>
        new SqlBatch(connection).Add(MembershipSql.Beat, beat.Self.Value, Ids(beat.Accused)).Read(
            reader => reader.Read() ? (StatementResult)new StatementResult.Beaten(reader.GetInt64(0)) : StatementResult.Fenced.Instance);

    private static StatementResult Register(NpgsqlConnection connection, MembershipStatement.Register register)
    {
        var (self, card) = (register.Self, register.Card);
        return new SqlBatch(connection)
            .Add(MembershipSql.LockRegister, SessionNames.RegisterLock)
            .Add(MembershipSql.Register, self.Value, card.Name, card.Link.ToString(), card.Host, SessionNames.LockOf(self))
            .Add(MembershipSql.ForgetOldNodes)
            .Add(MembershipSql.CountNode, SessionNames.Channel)
            .Read(reader =>
            {
                _ = reader.NextResult();
                _ = reader.Read();
                return reader switch
                {
                    _ when !reader.IsDBNull(0) && reader.GetString(0) is TablesReader.Evicted or TablesReader.Down => StatementResult.Fenced.Instance,
                    _ when !reader.IsDBNull(1) => new StatementResult.Registered(reader.GetInt32(1)),
                    _ when !reader.IsDBNull(2) => new StatementResult.AddressInUse(new NodeId(reader.GetGuid(2))),
                    _ => (StatementResult)new StatementResult.Registered(reader.GetInt32(3)),
                };
            });
    }

    private static MembershipTables Load(NpgsqlConnection connection) =>
        new SqlBatch(connection).Add(MembershipSql.Tables).Read(TablesReader.Read);

    private static ImmutableArray<NodeObservation> Observe(NpgsqlConnection connection, MembershipStatement.Observe observe) =>
        new SqlBatch(connection)
            .Add(MembershipSql.Observe, observe.Nodes.IsDefault ? null : Ids(observe.Nodes), observe.Suspects.IsDefault ? [] : Ids(observe.Suspects))
            .Read(reader =>
            {
                var seen = ImmutableArray.CreateBuilder<NodeObservation>();
                while (reader.Read())
                {
                    seen.Add(new NodeObservation(
                        new NodeId(reader.GetGuid(0)), reader.GetInt64(1), TablesReader.NodeIds(reader.GetFieldValue<Guid[]>(2)),
                        reader.IsDBNull(3) ? null : reader.GetBoolean(3)));
                }

                return seen.ToImmutable();
            });

    private static StatementResult Reconcile(NpgsqlConnection connection, MembershipStatement.Reconcile reconcile, MembershipRules rules)
    {
        // Nothing is locked but the right to reconcile, so standing still here keeps nobody waiting but other reconcilers, and them
        // no longer than the server's limit for transactions in which nothing happens.
        var tables = new SqlBatch(connection)
            .Add(MembershipSql.Begin)
            .Add(MembershipSql.TryReconcileLock, SessionNames.ReconcileLock)
            .Add(MembershipSql.Tables)
            .Read(reader =>
            {
                _ = reader.Read();
                bool isFree = reader.GetBoolean(0);
                _ = reader.NextResult();
                return isFree ? TablesReader.Read(reader) : null;
            });
        var plan = tables is null ? ReconcilePlan.Empty : ReconcilePlan.Decide(tables, reconcile.Evidence, rules);
        var writes = new SqlBatch(connection);
        if (!plan.IsEmpty)
            Add(writes, plan);
        writes.Add(MembershipSql.Commit).Execute();
        return tables is null ? StatementResult.Busy.Instance : new StatementResult.Reconciled(plan);
    }

    private static void Add(SqlBatch batch, ReconcilePlan plan)
    {
        if (!plan.Dead.IsEmpty)
            batch.Add(MembershipSql.MarkDown, Ids(plan.Dead.Select(d => d.Id)), plan.Dead.Select(d => d.Beat).ToArray(), SessionNames.ApplicationPrefix);
        if (!plan.Evicted.IsEmpty)
            batch.Add(MembershipSql.Evict, (object)Ids(plan.Evicted));
        var (takeovers, drains) = (plan.Takeovers, plan.Drains);
        if (!takeovers.IsEmpty || !drains.IsEmpty)
            batch.Add(MembershipSql.LockShards, (object)takeovers.Select(t => t.Shard.Value).Concat(drains.Select(d => d.Shard.Value)).ToArray());
        if (!takeovers.IsEmpty)
        {
            batch.Add(
                MembershipSql.TakeOver, takeovers.Select(t => t.Shard.Value).ToArray(), takeovers.Select(t => t.Epoch).ToArray(),
                Ids(takeovers.Select(t => t.To)), takeovers.Select(t => t.IsOverdue).ToArray());
        }

        if (!drains.IsEmpty)
            batch.Add(MembershipSql.Drain, drains.Select(d => d.Shard.Value).ToArray(), drains.Select(d => d.Epoch).ToArray(), Ids(drains.Select(d => d.To)));
        batch.CountVersion();
    }

    private static void CompleteHandoff(NpgsqlConnection connection, MembershipStatement.CompleteHandoff handoff)
    {
        int[] shards = [.. handoff.Shards.Select(s => s.Shard.Value)];
        new SqlBatch(connection)
            .Add(MembershipSql.LockShards, (object)shards)
            .Add(MembershipSql.CompleteHandoff, shards, handoff.Shards.Select(s => s.Epoch).ToArray(), handoff.Self.Value)
            .CountVersion().Execute();
    }

    private static Guid[] Ids(IEnumerable<NodeId> nodes) => [.. nodes.Select(n => n.Value)];

    private static Guid[] Ids(ImmutableArray<NodeId> nodes) => nodes.IsDefaultOrEmpty ? [] : Ids(nodes.AsEnumerable());
}
