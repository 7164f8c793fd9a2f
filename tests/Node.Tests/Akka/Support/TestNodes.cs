namespace Conference.Node.Tests.Akka.Support;

/// <summary>Several of them, disposed of whatever becomes of the test.</summary>
internal sealed class TestNodes : List<TestNode>, IAsyncDisposable
{
    /// <summary>All join; returns once each knows that all are up.</summary>
    public async Task JoinAsync()
    {
        await Task.WhenAll(this.Select(n => n.JoinAsync()));
        await Eventually.IsTrueAsync(() => TrueForAll(n => n.UpMembers == Count));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in this)
            await node.DisposeAsync();
    }
}
