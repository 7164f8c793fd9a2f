using System.Net.Sockets;
using System.Text;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Logs;

/// <summary>What people are called, write and sign in with never reaches a log; not what is meant for a node that has just died, either.</summary>
public sealed class QuietLogTests
{
    private const string Password = "xyzzy-plugh-plover";

    private static readonly string[] _secrets = ["zephyrine", "quillon", "ossifrage", "velvetroom", "marmalade", "tangerine", Password];

    [Theory, Trait("Category", "Cluster")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_chat_and_credentials_are_in_no_log_though_a_peer_dies(bool isFrozenFirst)
    {
        await using var cluster = await TestCluster.StartAsync(0);
        for (int i = 0; i < 3; i++)
            await cluster.StartNodeAsync(null, "Logging:LogLevel:Default=Debug", "Logging:LogLevel:Conference=Trace");
        await cluster.IsSettledAsync(3);
        var (first, second, dying) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        using (var admin = new AdminClient(first))
        {
            Assert.Equal(201, (await admin.PutAsync("users/zephyrine", $$"""{"password":"{{Password}}"}""")).Status);
            // One room of many is the dying node's, whichever that is.
            for (int i = 0; i < 12; i++)
                Assert.Equal(200, (await admin.PutAsync($"rooms/velvetroom{i}", """{"maxMembers":9}""")).Status);
        }

        await using var zephyrine = await TestClient.ConnectAsync(first);
        await zephyrine.ExpectAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0zephyrine\0{Password}"))}", "204 zephyrine");
        await using var quillon = await TestClient.ConnectAsync(second);
        await quillon.ExpectAsync("AUTH ANONYMOUS quillon", "204 quillon");
        await using var ossifrage = await TestClient.ConnectAsync(dying);
        await ossifrage.ExpectAsync("AUTH ANONYMOUS ossifrage", "204 ossifrage");
        foreach (var client in (TestClient[])[zephyrine, quillon, ossifrage])
        {
            await client.ExpectAsync("SETP chat sender on", "310 chat on");
            for (int i = 0; i < 12; i++)
                await client.ConnAsync("video", $"velvetroom{i}@{client.Server}");
        }

        await zephyrine.SendAsync("SEND chat marmalade\r\n");
        Assert.Equal($"203 chat zephyrine@{quillon.Server} marmalade", await quillon.ReadAsync());

        if (isFrozenFirst)
            dying.Freeze();
        else
            dying.Kill();
        // What is said now is meant for it, too.
        for (int i = 0; i < 40; i++)
        {
            await zephyrine.SendAsync("SEND chat tangerine\r\n");
            await quillon.SendAsync($"STAT ossifrage@{quillon.Server}\r\nHELO velvetroom{i % 12}@{quillon.Server}\r\nCONN audio velvetroom{i % 12}@{quillon.Server}\r\nDCON audio velvetroom{i % 12}@{quillon.Server}\r\n");
            await Task.Delay(TimeSpan.FromMilliseconds(250), TestContext.Current.CancellationToken);
        }

        if (isFrozenFirst)
        {
            dying.Thaw();
            await dying.IsPutOutAsync();
        }

        await cluster.IsSettledAsync(2);
        await first.TerminateAsync(TimeSpan.FromSeconds(90));
        await second.TerminateAsync(TimeSpan.FromSeconds(90));
        foreach (var node in cluster.Nodes)
        {
            foreach (string secret in _secrets)
                Assert.DoesNotContain(secret, node.Output, StringComparison.OrdinalIgnoreCase);
        }
    }
}
