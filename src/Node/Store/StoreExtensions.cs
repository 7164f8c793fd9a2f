using Akka.Hosting;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Conference.Actors.Cluster;
using Conference.Node.Akka;

namespace Conference.Node.Store;

/// <summary>Journal and snapshots of the actors, by Akka.Persistence.Sql.</summary>
public static class StoreExtensions
{
    /// <summary>What both databases have in common. Each line is one that the defaults would have wrong.</summary>
    private static readonly string _common =
        $$"""
        akka.persistence {
            # As many entities are recovered at once as there are connections for it.
            max-concurrent-recoveries = 12
            journal {
                plugin = "akka.persistence.journal.sql"
                sql {
                    # The tables are made before the actor system starts: made by the plugin, three cold nodes race.
                    auto-initialize = off
                    # With it, what an entity stored after it came back to a node where it had been before is taken for an old writer's at replay, and
                    # dropped: acknowledged events vanish. Two owners are told apart by (persistence id, sequence number), which is unique.
                    default.journal { use-writer-uuid-column = off, table-name = conference_journal }
                    default.tag.table-name = conference_tag
                    default.metadata.table-name = conference_metadata
                    # Every event has one tag. For a table of them each event is inserted by a statement of its own, for a column all of a write by one.
                    tag-write-mode = Csv
                    # Writes of one transaction fail together: if one of them is a stale owner's, its neighbours are to be few.
                    batch-size = 25
                    # A call waits no longer than this for its event, and after so many failures in a row it does not wait at all (30 s by default).
                    circuit-breaker { max-failures = 30, call-timeout = 5s, reset-timeout = 2s }
                    recovery-event-timeout = 10s
                }
            }
            snapshot-store {
                plugin = "akka.persistence.snapshot-store.sql"
                sql {
                    class = "{{AkkaHocon.NameOf<AnsweringSnapshotStore>()}}"
                    auto-initialize = off
                    default.snapshot.table-name = conference_snapshot
                    circuit-breaker { max-failures = 10, call-timeout = 5s, reset-timeout = 2s }
                }
            }
            # The read models have a reader of their own (ReadModel/JournalReader says why); this is for whoever asks by the plugin.
            query.journal.sql {
                write-plugin = "akka.persistence.journal.sql"
                default.journal { use-writer-uuid-column = off, table-name = conference_journal }
                default.tag.table-name = conference_tag
                default.metadata.table-name = conference_metadata
                tag-read-mode = Csv
            }
        }
        """;

    /// <param name="builder">Of the actor system.</param>
    /// <param name="store">Disposed after the system has ended.</param>
    /// <param name="guard">A write of a node that may not act fails, also one that was on its way when the node stood still.</param>
    public static AkkaConfigurationBuilder WithStore(this AkkaConfigurationBuilder builder, ConferenceStore store, IActingGuard guard)
    {
        ArgumentNullException.ThrowIfNull(store);
        return builder
            .AddHocon(store.Hocon, HoconAddMode.Prepend)
            .AddHocon(_common, HoconAddMode.Prepend)
            .AddHocon(SqlPersistence.DefaultConfiguration, HoconAddMode.Append)
            .AddSetup(new DataOptionsSetup(store.ConnectAs(guard)));
    }
}
