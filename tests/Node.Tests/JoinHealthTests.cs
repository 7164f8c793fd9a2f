using Conference.Actors;
using Conference.Media.Transport;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Conference.Node.Tests;

public sealed class JoinHealthTests
{
    [Fact]
    public async Task A_node_that_can_open_no_media_port_is_not_well()
    {
        // An address of no machine.
        var settings = NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Media:Address"] = "192.0.2.1", ["Web:Port"] = "off", ["Cluster:Advertise"] = "127.0.0.1" }).Build());
        using var plane = MediaPlane.Start(settings.Media, TimeProvider.System);
        var metrics = new ConferenceMetrics(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()), "sqlite");
        // Nobody is asked where no port can be opened.
        using var health = new JoinHealth(actors: null!, plane, metrics, settings, TimeProvider.System, NullLogger<JoinHealth>.Instance);

        await health.StartAsync(TestContext.Current.CancellationToken);

        Assert.True(SpinWait.SpinUntil(() => !health.IsWell, TimeSpan.FromSeconds(30)));
        await health.StopAsync(TestContext.Current.CancellationToken);
    }
}
