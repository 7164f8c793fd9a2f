namespace Conference.Cluster.Tests.Support;

/// <summary>What is asked of one node in these tests.</summary>
internal static class TestNode
{
    /// <summary>Exit code of a node that was put out of its cluster.</summary>
    public const int PutOut = 3;

    /// <summary>From its knowing that it was put out; on a busy machine.</summary>
    public static readonly TimeSpan PutOutLimit = TimeSpan.FromSeconds(30);

    /// <summary>It ends by itself, as one that was put out.</summary>
    public static async Task IsPutOutAsync(this NodeProcess node, TimeSpan? limit = null)
    {
        try
        {
            Assert.Equal(PutOut, await node.ExitAsync(limit ?? PutOutLimit));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the node does not end:\n{node.Output}");
        }
    }

    /// <summary>The last lines it said, for whoever reads why a test failed.</summary>
    public static string LastWords(this NodeProcess node) => string.Join('\n', node.Output.Split('\n').TakeLast(25));

    public static string Name(this NodeProcess node) => $"node-{node.Address}";

    /// <summary>Whether it says that it is ready; null where it says nothing.</summary>
    public static async Task<int?> ReadinessAsync(this NodeProcess node)
    {
        try
        {
            return (await node.GetAsync("/health/ready")).Status;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>What a client that comes now is told first; null where the connection is closed at once, or none is taken.</summary>
    public static async Task<string?> GreetingAsync(this NodeProcess node)
    {
        try
        {
            await using var client = await TestClient.ConnectSilentlyAsync(node);
            return await client.ReadAsync();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
