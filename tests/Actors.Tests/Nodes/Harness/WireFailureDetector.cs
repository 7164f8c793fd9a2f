using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Conference.Actors.Tests.Nodes.Harness;

/// <summary>
/// Knows who is dead, and takes nobody else for it: a test's machine may be as slow as it likes. Nodes that are cut from each other do not hear from each
/// other, and go on believing.
/// </summary>
public sealed class WireFailureDetector : PhiAccrualFailureDetector
{
    private readonly TestParts _parts;

    public WireFailureDetector(Config config, EventStream events)
        : base(config, events) => _parts = TestParts.Of(config);

    public override bool IsAvailable => Address is not { } address || !_parts.Wire.IsDeadAt(address);
}
