using System.Globalization;
using Conference.Actors.Cluster;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

/// <summary>Every line of HOCON of a node but the store's, each with its reason. What is not here is as Akka comes.</summary>
internal static class AkkaHocon
{
    /// <summary>For every node, alone or not.</summary>
    public static string Node { get; } = $$"""
        akka {
          # A dead letter prints paths and messages: names, and what people write. They are counted, never printed.
          log-dead-letters = off
          log-dead-letters-during-shutdown = off

          # What it prints by itself, before its loggers start and after they have ended, is in nobody's format, and waits for ever where nobody reads standard output.
          stdout-loglevel = off

          # No timer here needs more precision, and an idle node wakes up 20 times a second instead of 100.
          scheduler.tick-duration = 50ms

          actor {
            provider = cluster

            # Dispatchers stay as they come, on .NET's own thread pool. Not channel-executor: a thread that tells an actor something may find itself doing the work of all
            # others, within its locks, and a media loop must not; it also makes the cluster's start wait for itself where the resolver has a lease.

            serializers {
              # Nothing of ours is JSON, and a serializer that makes any type a message names is a hole.
              json = "{{NameOf<RefusingSerializer>()}}"
            }
            serialization-identifiers { "{{NameOf<RefusingSerializer>()}}" = {{RefusingSerializer.TakenIdentifier}} }
            serialization-bindings { "System.Object" = json }
            # A message without a manifest is a bug: it is said where it is sent.
            serialization-settings.allow-unregistered-types = false
          }

          remote {
            # {{nameof(TlsTransport)}} says why it is not DotNetty. Addresses and certificates come from {{nameof(RemotingOptions)}}.
            enabled-transports = ["akka.remote.tls"]
            tls {
              transport-class = "{{NameOf<TlsTransport>()}}"
              applied-adapters = []
              # A room's picture at Rooms:MaxMembers is sent in parts; a part must fit with room to spare.
              maximum-frame-size = 1 MiB
            }

            # After a connection broke, what is told meanwhile is lost: 5 s of it as Akka comes.
            retry-gate-closed-for = 200ms
            # Akka's handshake, after TLS has proved who it is.
            handshake-timeout = 5s

            # 50,000 sessions that sign in again at once are as many watches in one buffer; at 20,000 a healthy node is quarantined.
            system-message-buffer-size = 300000
            # What was lost goes again in larger lots: as Akka comes, 200 every 2 s.
            resend-limit = 2000
            resend-interval = 1s

            # Each broken connection would be said by several parts, again and again. Metrics count them, the cluster says what matters.
            log-remote-lifecycle-events = off
          }

          cluster {
            # Once a second as Akka comes: what must be known soon is known five times sooner.
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            periodic-tasks-initial-delay = 200ms

            # NodeTable knows who is there, and asks again itself.
            seed-node-timeout = 2s
            retry-unsuccessful-join-after = 1s

            # A node that is half in counts in nobody's majority, so it may own nothing either.
            allow-weakly-up-members = off

            # The moment a member is removed its shards go elsewhere: whoever was put out has stopped acting by then (ActingGuard).
            down-removal-margin = 1ms

            # Shutdown ends the process with exit code 3; a system that ends by itself meanwhile would only stand in the way of the goodbye.
            run-coordinated-shutdown-when-down = off

            singleton { hand-over-retry-interval = 200ms, min-number-of-hand-over-retries = 15 }

            sharding {
              # The coordinator's state is in memory, on a majority: it is made again from what the regions say.
              state-store-mode = ddata
              remember-entities = off
              distributed-data {
                # Nothing on disk, so no LMDB.
                durable.keys = []
                # Who decides reads and writes a majority; the others may know a little later.
                gossip-interval = 1s
                notify-subscribers-interval = 50ms
                majority-min-cap = 2
              }
              coordinator-state { write-majority-plus = 0, read-majority-plus = 0 }

              # How fast shards answer again after a node died hangs on these; 0.5 s for an update hurts under load.
              retry-interval = 200ms
              waiting-for-state-timeout = 500ms
              updating-state-timeout = 2s
              coordinator-failure-backoff = 200ms
              shard-failure-backoff = 200ms
              shard-start-timeout = 3s

              # An entity that failed waits for itself (EntityActor); a second pause on top of that helps nobody.
              entity-restart-backoff = 200ms

              # Akka kills at half of it what has not stopped: a room that waits for the nodes' registers must still hear its stop.
              handoff-timeout = 20s

              # A few shards at a time ({{nameof(ShardPlacement)}}), until a node that comes has its share: seconds of small gaps.
              rebalance-interval = 500ms
            }
          }

          coordinated-shutdown {
            # SIGTERM begins a drain of minutes; the host runs these phases after it. The host also ends the process.
            run-by-clr-shutdown-hook = off
            exit-clr = off
            phases {
              # Above: an entity has half of handoff-timeout.
              cluster-sharding-shutdown-region.timeout = 15s
              cluster-leave.timeout = 10s
              cluster-exiting.timeout = 10s
            }
          }
        }
        """;

    /// <summary>For a node that is alone: nobody is there who could be lost.</summary>
    public static string Alone { get; } = """
        akka.cluster {
          downing-provider-class = ""
          # Everything that is asked of it is at hand.
          failure-detector.heartbeat-interval = 5s
          gossip-interval = 1s
          sharding.distributed-data.gossip-interval = 2s
          # Nothing to be moved.
          sharding.rebalance-interval = 60s
        }
        """;

    /// <summary>For a node of a cluster.</summary>
    public static string Clustered(ClusterTimings timings) => $$"""
        akka.cluster {
          failure-detector {
            # Also takes a proof.
            implementation-class = "{{NameOf<ProvenDeathFailureDetector>()}}"
            heartbeat-interval = {{Text(timings.Heartbeat)}}
            acceptable-heartbeat-pause = {{Text(timings.Pause)}}
          }

          downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
          split-brain-resolver {
            # keep-majority would stop both halves, and the survivor of two nodes.
            active-strategy = lease-majority
            stable-after = {{Text(timings.StableAfter)}}
            # Where reachability changes for so long without an end, all nodes are downed and start again.
            down-all-when-unstable = {{Text(5 * timings.StableAfter)}}
            lease-majority {
              lease-implementation = "akka.cluster.split-brain-resolver.tie-lease"
              # TieLease stops a minority whatever happens, and counts the votes when it is asked: the view must be the resolver's of that moment.
              acquire-lease-delay-for-minority = 0s
              release-after = {{Text(timings.Lease)}}
            }
            tie-lease {
              lease-class = "{{NameOf<TieLease>()}}"
              heartbeat-timeout = {{Text(timings.Lease)}}
              heartbeat-interval = {{Text(timings.Lease / 5)}}
              lease-operation-timeout = 2s
            }
          }
        }
        """;

    /// <summary>A class, as HOCON names it.</summary>
    internal static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0}ms");
}
