namespace Conference.EndToEnd.Tests.Support;

/// <summary>A node for all the tests of a class.</summary>
public sealed class LiveNode : IAsyncLifetime
{
    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync();

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
