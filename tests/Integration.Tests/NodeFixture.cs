namespace Conference.Integration.Tests;

/// <summary>One node for all the tests of a class.</summary>
public sealed class NodeFixture : IAsyncLifetime
{
    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync($"Http:AdminToken={AdminClient.Token}");

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
