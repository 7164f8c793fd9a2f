using System.Net;
using System.Net.Sockets;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class PortsInAdvanceTests : IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private readonly Socket _otherMedia = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public PortsInAdvanceTests()
    {
        _other.Start();
        _otherMedia.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private int Used => ((IPEndPoint)_other.LocalEndpoint).Port;

    private int UsedMedia => ((IPEndPoint)_otherMedia.LocalEndPoint!).Port;

    public void Dispose()
    {
        _other.Dispose();
        _otherMedia.Dispose();
    }

    [Theory]
    [InlineData("Qcvc:Port")]
    [InlineData("Http:Port")]
    public void A_port_in_use_is_told_by_its_setting(string setting)
    {
        var wrong = Assert.Throws<PortException>(() => Take([$"{setting}={Used}"]));

        Assert.StartsWith($"{setting} {Used}: address already in use", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_port_of_browsers_is_wanted_by_UDP_and_by_TCP()
    {
        foreach (int used in (int[])[Used, UsedMedia])
        {
            var wrong = Assert.Throws<PortException>(() => Take([$"Web:Port={used}", "Media:Address=127.0.0.1"]));
            Assert.StartsWith($"Web:Port {used}: address already in use", wrong.Message, StringComparison.Ordinal);
        }

        Take(["Web:Port=off", "Media:Address=127.0.0.1"]);
    }

    [Fact]
    public void The_port_between_nodes_is_tried_and_left_to_the_cluster()
    {
        var settings = NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Advertise"] = "127.0.0.1", ["Cluster:Port"] = $"{Used}",
        }).Build());
        Assert.StartsWith($"Cluster:Port {Used}: address already in use", PortsInAdvance.TryCluster(settings.Cluster)!.Message, StringComparison.Ordinal);
        Assert.Null(PortsInAdvance.TryCluster(settings.Cluster with { Port = 0 }));
        int free = Used;
        _other.Stop();
        for (int i = 0; i < 2; i++)
            Assert.Null(PortsInAdvance.TryCluster(settings.Cluster with { Port = free }));
    }

    [Fact]
    public void Media_ports_need_one_that_is_free()
    {
        var wrong = Assert.Throws<PortException>(() => Take([$"Media:Ports={UsedMedia}", "Media:Address=127.0.0.1"]));

        Assert.StartsWith($"Media:Ports {UsedMedia}-{UsedMedia}: every one of these UDP ports is in use", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Qcvc:Address=192.0.2.1", "Qcvc:Address 192.0.2.1 is not an address of this machine")]
    [InlineData("Http:Address=192.0.2.1", "Http:Address 192.0.2.1 is not an address of this machine")]
    [InlineData("Media:Address=192.0.2.1", "Media:Address 192.0.2.1 is not an address of this machine")]
    public void So_is_an_address_of_another_machine(string setting, string why) =>
        Assert.Equal(why, Assert.Throws<PortException>(() => Take([setting, "Http:Port=18080"])).Message);

    [Fact]
    public void Two_settings_may_not_name_one_port() => Assert.Equal(
        ["Http:Port must be another port than Qcvc:Port"], Assert.Throws<SettingsException>(() => Take(["Qcvc:Port=18099", "Http:Port=18099"])).Errors);

    [Fact]
    public void Any_free_port_is_taken_at_once()
    {
        var (ports, settings) = Take(["Media:Ports=11000-19999"]);

        Assert.NotEqual(0, settings.Qcvc.Port);
        using var socket = ports.Listen(new IPEndPoint(IPAddress.IPv6Any, settings.Qcvc.Port));
        Assert.Equal(settings.Qcvc.Port, ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    private static (PortsInAdvance Ports, NodeSettings Settings) Take(string[] settings)
    {
        var all = new Dictionary<string, string?> { ["Qcvc:Port"] = "0", ["Http:Port"] = "0", ["Web:Port"] = "0", ["Cluster:Advertise"] = "127.0.0.1" };
        foreach (string[] pair in settings.Select(s => s.Split('=', 2)))
            all[pair[0]] = pair[1];
        return PortsInAdvance.Take(NodeSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(all).Build()));
    }
}
