using Conference.Actors.Cluster.Membership;
using Conference.Cluster.Simulation.Tests.Model;

namespace Conference.Cluster.Simulation.Tests;

/// <summary>
/// A check that never fails shows nothing. Each test takes one rule of the scheme away, and sees that some history then breaks a promise, and
/// which.
/// </summary>
public class MutationTests(ITestOutputHelper output)
{
    private const int Bound = 2_000;
    private static readonly SimulationOptions _sound = new();

    [Fact]
    public void Without_the_epoch_check_a_write_of_a_former_owner_commits() =>
        Finds("journals for shard", _sound with { ChecksEpochs = false });

    [Fact]
    public void Without_the_margin_two_nodes_act_for_one_shard() =>
        Finds("may act for shard", _sound with { Rules = _sound.Rules with { Margin = TimeSpan.Zero } });

    [Fact]
    public void Without_unbroken_observation_the_living_are_declared_dead() =>
        Finds("is declared dead because the database was away", _sound with { Rules = _sound.Rules with { ObservationGap = Timeout.InfiniteTimeSpan } });

    [Fact]
    public void Without_the_version_in_a_beat_a_node_acts_on_a_view_that_is_too_old() =>
        Finds("may act for shard", _sound with { BeatsTellVersions = false });

    [Fact]
    public void Without_comparing_beats_a_node_that_has_beaten_since_is_declared_dead() =>
        Finds("but has beaten since", _sound with { ComparesBeats = false, Latency = 0.3 });

    [Fact]
    public void Without_a_stop_before_the_drain_limit_the_old_owner_acts_beside_the_new() =>
        Finds("may act for shard", _sound with { Rules = _sound.Rules with { DrainStop = TimeSpan.FromSeconds(60) } });

    [Fact]
    public void Without_the_limit_for_idle_transactions_a_frozen_reconciler_stops_everybody()
    {
        var cluster = new SimulatedCluster(1, _sound with { EndsIdleTransactions = false });
        cluster.Grow(3);
        _ = cluster.FreezeReconciler();
        cluster.World.RunUntil(cluster.World.Now + TimeSpan.FromSeconds(60));
        Assert.Contains(cluster.Database.Tables.Snapshot().Nodes, n => cluster.Running.All(p => p.Self != n.Id));
    }

    private void Finds(string broken, SimulationOptions options)
    {
        for (var seed = 1; seed <= Bound; seed++)
        {
            try
            {
                _ = History.Run(seed, options);
            }
            catch (InvariantException exception)
            {
                if (!exception.What.Contains(broken, StringComparison.Ordinal))
                    continue;
                output.WriteLine(exception.Message);
                return;
            }
        }

        Assert.Fail($"none of {Bound} histories noticed");
    }
}
