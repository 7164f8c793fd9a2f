using System.Collections.Concurrent;
using Akka.Actor;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions;

/// <summary>Under which names the sessions of this node are signed in: what a user's actor that begins anew asks every node. Safe from any thread.</summary>
internal sealed class SignedInNames : IExtension
{
    private readonly ConcurrentDictionary<Name, int> _sessions = [];

    public static SignedInNames Of(ActorSystem system) => system.WithExtension<SignedInNames, Provider>();

    public bool Has(Name name) => _sessions.ContainsKey(name);

    public void Add(Name name) => _sessions.AddOrUpdate(name, 1, static (_, count) => count + 1);

    public void Remove(Name name)
    {
        // Somebody may come and go between the two.
        while (_sessions.TryGetValue(name, out int count))
        {
            if (count > 1 ? _sessions.TryUpdate(name, count - 1, count) : _sessions.TryRemove(new(name, count)))
                return;
        }
    }

    private sealed class Provider : ExtensionIdProvider<SignedInNames>
    {
        public override SignedInNames CreateExtension(ExtendedActorSystem system) => new();
    }
}
