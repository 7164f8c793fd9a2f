namespace Conference.Actors.Tests.Support;

/// <summary>What a system of the tests has that a node's has not.</summary>
public static class VirtualSetup
{
    /// <summary>
    /// Time is the test's, every actor is counted, and nothing is stored on disk. What the cluster does now and then it does not need alone:
    /// hours are to pass at once. Goodbyes to a cluster of one would wait for time that has stopped.
    /// </summary>
    public const string Hocon = """
        akka {
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "Conference.Actors.Tests.Support.VirtualScheduler, Conference.Actors.Tests"
          test.single-expect-default = 60s
          test.default-timeout = 60s
          actor {
            default-dispatcher { type = Dispatcher, executor = "Conference.Actors.Tests.Support.CountingExecutor, Conference.Actors.Tests" }
            internal-dispatcher { type = Dispatcher, executor = "Conference.Actors.Tests.Support.CountingExecutor, Conference.Actors.Tests" }
          }
          remote {
            default-remote-dispatcher { type = Dispatcher, executor = "Conference.Actors.Tests.Support.CountingExecutor, Conference.Actors.Tests" }
            backoff-remote-dispatcher { type = Dispatcher, executor = "Conference.Actors.Tests.Support.CountingExecutor, Conference.Actors.Tests" }
          }
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
          }
          cluster {
            gossip-interval = 10h
            leader-actions-interval = 10h
            unreachable-nodes-reaper-interval = 10h
            failure-detector.heartbeat-interval = 10h
            publish-stats-interval = off
            sharding.rebalance-interval = 10h
            distributed-data.gossip-interval = 10h
            distributed-data.notify-subscribers-interval = 10h
            distributed-data.pruning-interval = 10h
            distributed-data.durable.keys = []
            sharding.distributed-data.durable.keys = []
          }
          persistence {
            journal.plugin = "test-journal"
            snapshot-store.plugin = "test-snapshots"
          }
        }
        test-journal {
          class = "Conference.Actors.Tests.Support.TestJournalPlugin, Conference.Actors.Tests"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          replay-dispatcher = "akka.actor.default-dispatcher"
          recovery-event-timeout = 60s
        }
        test-snapshots {
          class = "Conference.Actors.Tests.Support.TestSnapshotsPlugin, Conference.Actors.Tests"
          plugin-dispatcher = "akka.actor.default-dispatcher"
        }
        """;
}
