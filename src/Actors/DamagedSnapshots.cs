using System.Collections.Concurrent;
using Akka.Actor;

namespace Conference.Actors;

/// <summary>Whose snapshot could not be read, as long as this process lives: they recover from their events alone.</summary>
internal sealed class DamagedSnapshots : IExtension
{
    private readonly ConcurrentDictionary<string, byte> _ids = new(StringComparer.Ordinal);

    public static bool Has(ActorSystem system, string persistenceId) => Of(system)._ids.ContainsKey(persistenceId);

    public static void Add(ActorSystem system, string persistenceId) => Of(system)._ids[persistenceId] = 0;

    private static DamagedSnapshots Of(ActorSystem system) => system.WithExtension<DamagedSnapshots, Provider>();

    private sealed class Provider : ExtensionIdProvider<DamagedSnapshots>
    {
        public override DamagedSnapshots CreateExtension(ExtendedActorSystem system) => new();
    }
}
