using System.Net;
using Conference.Client;
using Conference.Client.Connections;
using Conference.Client.Load;
using Conference.Cluster.Tests.Support;
using Conference.Deploy.Tests.Support;
using Conference.Integration.Tests;

namespace Conference.Deploy.Tests.Grafana;

/// <summary>Three nodes with rooms over all of them, members that come and go, and one node that is drained and called off again and again.</summary>
public sealed class ClusterUnderLoad : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conference-live-");
    private readonly CancellationTokenSource _enough = new();
    private TestCluster _cluster = null!;
    private Task _load = Task.CompletedTask;

    /// <summary>Where Prometheus finds the nodes.</summary>
    public IReadOnlyList<string> Targets => [.. _cluster.Nodes.Select(n => $"{n.HttpAddress}:{n.HttpPort}")];

    /// <summary>What a node showed before anybody had come.</summary>
    public string AtStart { get; private set; } = "";

    /// <summary>A node of two media loops: its address, its <c>Cluster:Port</c>, and what it said at its start.</summary>
    public (IPAddress Address, int Port, string Said) Trunks { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _cluster = await TestCluster.StartAsync(2);
        var drained = await _cluster.StartNodeAsync(null, [.. await TlsFiles.WriteAsync(_folder), "Media:Loops=2"]);
        Trunks = (drained.Address, _cluster.ClusterPort(drained), drained.Output);
        AtStart = (await drained.GetAsync("/metrics")).Body;
        await _cluster.IsSettledAsync(3);
        _load = Task.WhenAll(SendAsync(), ComeAndGoAsync(), DrainAsync(drained));
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await _load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cluster.DisposeAsync();
        _enough.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<LoadReport> SendAsync() => LoadRunner.RunAsync(
        Options with { Follows = true, Clients = 30, Rooms = 3, Rate = 50, Duration = TimeSpan.FromMinutes(10), From = IPAddress.Parse("127.1.0.1") },
        cancel: _enough.Token);

    /// <summary>Joins are counted by rates, which need some in every second.</summary>
    private async Task ComeAndGoAsync()
    {
        while (!_enough.IsCancellationRequested)
        {
            try
            {
                await LoadRunner.RunAsync(
                    Options with { Clients = 6, Rate = 10, Duration = TimeSpan.FromSeconds(1), From = IPAddress.Parse("127.2.0.1") }, cancel: _enough.Token);
            }
            catch (QcvcException)
            {
                // The owner of the room moves just now.
            }
        }
    }

    private async Task DrainAsync(NodeProcess node)
    {
        using var admin = new AdminClient(node);
        while (!_enough.IsCancellationRequested)
        {
            await admin.SendAsync(HttpMethod.Post, "drain");
            await Eventually.IsTrueAsync(async () => await node.MetricAsync("conference_sessions") == 0, TimeSpan.FromSeconds(90));
            await admin.DeleteAsync("drain");
            await Eventually.IsTrueAsync(async () => await node.MetricAsync("conference_sessions") > 0, TimeSpan.FromSeconds(30));
        }
    }

    private LoadOptions Options => new(Address(_cluster.Nodes[0])) { OtherNodes = [.. _cluster.Nodes.Skip(1).Select(Address)] };

    private static QcvcAddress Address(NodeProcess node) => new("", node.Address.ToString(), node.Port);
}
