using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Conference.Integration.Tests.Limits;

/// <summary>A node that may have few descriptors, and more clients than it has descriptors for.</summary>
public sealed class DescriptorTests
{
    private const string Admin = "Http:AdminToken=" + AdminClient.Token;

    [Fact]
    public async Task A_node_with_a_thousand_descriptors_tells_the_eleven_hundredth_client_that_it_is_full_and_lives()
    {
        await using var node = await NodeProcess.StartAsync(WithFiles("ulimit -n 1024"), Admin);
        int limit = (int)await node.MetricAsync("conference_sessions_limit");
        Assert.InRange(limit, 100, 900);
        Assert.Equal(1024, await node.MetricAsync("conference_descriptors_limit"));
        Assert.Contains("1024 descriptors", node.Output, StringComparison.Ordinal);
        await using var alice = await TestClient.ConnectAsync(node, "127.0.0.50");
        await using var bob = await TestClient.ConnectAsync(node, "127.0.0.51");
        var (aliceVideo, bobVideo) = (await alice.ConnAsync("video", "undisturbed@127.0.0.1"), await bob.ConnAsync("video", "undisturbed@127.0.0.1"));
        await aliceVideo.LatchAsync(bobVideo);

        var crowd = new List<TestClient>();
        for (int i = 0; i < 1100; i++)
            crowd.Add(await TestClient.ConnectSilentlyAsync(node, string.Create(CultureInfo.InvariantCulture, $"127.0.1.{1 + (i % 100)}")));
        var told = new List<string?>();
        foreach (var client in crowd)
            told.Add(await client.ReadAsync());

        Assert.Equal(limit - 2, told.Count(t => t == "100 QCVC/1.0"));
        Assert.Equal(1100 - (limit - 2), told.Count(t => t == "421 server full"));
        Assert.Equal(told.Count(t => t == "421 server full"), await node.MetricAsync("conference_connections_refused_total", "server_full"));
        Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        Assert.Equal(200, (await node.GetAsync("/health/ready")).Status);
        Assert.InRange(node.OpenDescriptors, 1, 1000);
        // Whoever is in goes on, the store included, and may ask for more.
        aliceVideo.Say("still here");
        Assert.Equal("still here", await bobVideo.HearAsync());
        await alice.ConnAsync("audio", "undisturbed@127.0.0.1");

        foreach (var client in crowd)
            await client.DisposeAsync();
        await Eventually.EqualAsync(2, () => node.MetricAsync("conference_sessions"));
        await using var late = await TestClient.ConnectAsync(node);
        await late.ExpectAsync("NOOP", "200 ok");
        Assert.Equal(0, await node.TerminateAsync());
    }

    [Fact]
    public async Task Media_ports_have_a_limit_of_their_own_and_idle_http_connections_make_place()
    {
        await using var node = await NodeProcess.StartAsync(WithFiles("ulimit -n 704"), Admin);
        await IdleHttpConnectionsMakePlaceAsync(node);
        int limit = (int)await node.MetricAsync("conference_ports_limit");
        Assert.InRange(limit, 10, 200);
        var crowd = new List<TestClient>();
        int opened = 0;
        string reply = "";
        for (int i = 0; opened <= limit && !reply.StartsWith("503", StringComparison.Ordinal); i++)
        {
            if (i % 32 == 0)
                crowd.Add(await TestClient.ConnectAsync(node, string.Create(CultureInfo.InvariantCulture, $"127.0.2.{1 + (i / 32)}")));
            reply = await crowd[^1].AskAsync($"CONN s{i} many@127.0.0.1");
            opened += reply.StartsWith("303", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.Equal("503 no port free", reply);
        Assert.Equal(limit, opened);
        Assert.Equal(1, await node.MetricAsync("conference_ports_refused_total", "server_full"));
        await crowd[0].ExpectAsync("DCON s0 many@127.0.0.1", "304 s0 disconnected");
        Assert.StartsWith("303 ", await crowd[^1].AskAsync("CONN again many@127.0.0.1"), StringComparison.Ordinal);
        foreach (var client in crowd)
            await client.DisposeAsync();
    }

    private static async Task IdleHttpConnectionsMakePlaceAsync(NodeProcess node)
    {
        int places = (int)await node.MetricAsync("conference_http_connections_limit");
        var idle = new List<TcpClient>();
        for (int i = 0; i < places + 50; i++)
        {
            idle.Add(new TcpClient());
            await idle[^1].ConnectAsync(IPAddress.Loopback, node.HttpPort, TestContext.Current.CancellationToken);
        }

        using var newcomer = new HttpClient();
        Assert.Equal("live\n", await newcomer.GetStringAsync(new Uri($"http://127.0.0.1:{node.HttpPort}/health/live"), TestContext.Current.CancellationToken));
        Assert.InRange(await node.MetricAsync("conference_http_connections_closed_total"), 50, 60);
        Assert.InRange(node.OpenDescriptors, 1, 700);
        foreach (var connection in idle)
            connection.Dispose();
    }

    [Fact]
    public async Task A_node_whose_heap_is_nearly_full_lets_nobody_new_in_and_lives()
    {
        var launch = new NodeLaunch { Environment = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x3000000" } };
        await using var node = await NodeProcess.StartAsync(launch, [Admin, .. NodeProcess.NoLimits]);
        var crowd = new List<TestClient>();
        string? told = null;
        while (crowd.Count < 5000 && told is not "421 server full")
        {
            crowd.Add(await TestClient.ConnectSilentlyAsync(node, "127.0.0.1"));
            told = await crowd[^1].ReadAsync();
            if (told == "100 QCVC/1.0")
                await crowd[^1].SendAsync($"CONN video r{crowd.Count}@127.0.0.1\r\nCONN audio r{crowd.Count}@127.0.0.1\r\n");
        }

        Assert.Equal("421 server full", told);
        Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        Assert.False(node.HasExited);
        foreach (var client in crowd)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task The_soft_limit_is_raised_to_the_hard_one()
    {
        await using var node = await NodeProcess.StartAsync(WithFiles("ulimit -Sn 700 && ulimit -Hn 2000"), Admin);
        Assert.Equal(2000, await node.MetricAsync("conference_descriptors_limit"));
    }

    [Fact]
    public async Task A_node_that_could_not_live_on_what_it_may_have_does_not_start()
    {
        var (exitCode, output) = await NodeProcess.RunAsync(WithFiles("ulimit -n 400"), "Qcvc:Port=0", "Http:Port=0");

        Assert.Equal(2, exitCode);
        Assert.Contains("the limit of open files (ulimit -n) must be 640 or more, and is 400", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static NodeLaunch WithFiles(string limit) => new()
    {
        Command = ["sh", "-c", limit + " && exec \"$@\"", "sh", "dotnet", RepositoryPaths.Node],
        Limit = TimeSpan.FromSeconds(60),
    };
}
