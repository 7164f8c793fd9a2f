using System.Collections.Concurrent;
using Akka.Configuration;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>What the plugins of one node's system, which Akka makes from their names, are to use: found by an id in the system's configuration.</summary>
/// <param name="Name">The node.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Wire">What it says to others goes here.</param>
/// <param name="Store">What it stores, and all others do.</param>
public sealed record TestParts(string Name, TestTime Time, Wire Wire, SharedStore Store)
{
    public const string IdSetting = "conference-test-parts";

    private static readonly ConcurrentDictionary<string, TestParts> _all = new(StringComparer.Ordinal);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public static TestParts Of(Config config) => _all[config.GetString(IdSetting)];

    public void Register() => _all[Id] = this;

    public void Forget() => _all.TryRemove(Id, out _);
}
