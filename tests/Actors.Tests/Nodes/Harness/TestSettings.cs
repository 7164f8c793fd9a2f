using System.Net;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>Akka as nodes have it, as quick as the nodes of a test must be.</summary>
internal static class TestSettings
{
    /// <summary>The coordinator looks for shards to move when a test lets this pass, and not by itself.</summary>
    public static readonly TimeSpan RebalanceInterval = TimeSpan.FromMinutes(5);

    public static string Of(TestParts parts, IPAddress address) => $$"""
        {{TestParts.IdSetting}} = "{{parts.Id}}"
        akka {
          loglevel = WARNING
          loggers = ["{{NameOf<TestLog>()}}"]
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          scheduler.implementation = "{{NameOf<JumpingScheduler>()}}"
          actor.provider = cluster

          remote {
            dot-netty.tcp {
              hostname = "{{address}}"
              port = 0
              maximum-frame-size = 1 MiB
              applied-adapters = ["wire"]
              # Each message is a millisecond earlier, and an idle system is idle.
              batching.enabled = off
            }
            # Akka reads this one with its quotes, if it holds a space.
            adapters.wire = "{{NameOf<WireTransportProvider>().Replace(" ", "", StringComparison.Ordinal)}}"
            retry-gate-closed-for = 200ms
            system-message-buffer-size = 300000
            resend-limit = 2000
            resend-interval = 1s
            log-remote-lifecycle-events = off
          }

          cluster {
            gossip-interval = 100ms
            leader-actions-interval = 100ms
            unreachable-nodes-reaper-interval = 100ms
            periodic-tasks-initial-delay = 100ms
            publish-stats-interval = off
            allow-weakly-up-members = off
            down-removal-margin = 1ms
            run-coordinated-shutdown-when-down = off
            # The test says who is down.
            downing-provider-class = ""
            failure-detector { implementation-class = "{{NameOf<WireFailureDetector>()}}", {{TestParts.IdSetting}} = "{{parts.Id}}" }
            singleton { hand-over-retry-interval = 200ms, min-number-of-hand-over-retries = 15 }
            sharding {
              distributed-data { durable.keys = [], gossip-interval = 200ms, notify-subscribers-interval = 50ms, majority-min-cap = 2 }
              coordinator-state { write-majority-plus = 0, read-majority-plus = 0 }
              retry-interval = 200ms
              waiting-for-state-timeout = 500ms
              updating-state-timeout = 2s
              coordinator-failure-backoff = 200ms
              shard-failure-backoff = 200ms
              shard-start-timeout = 3s
              entity-restart-backoff = 200ms
              handoff-timeout = 20s
              rebalance-interval = {{RebalanceInterval.TotalSeconds}}s
            }
          }

          coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off, run-by-actor-system-terminate = off }

          persistence {
            journal.plugin = "akka.persistence.journal.shared"
            journal.shared { class = "{{NameOf<SharedJournal>()}}", plugin-dispatcher = "akka.actor.default-dispatcher" }
            snapshot-store.plugin = "akka.persistence.snapshot-store.shared"
            snapshot-store.shared { class = "{{NameOf<SharedSnapshots>()}}", plugin-dispatcher = "akka.actor.default-dispatcher" }
          }
        }
        """;

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
