using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Node.Settings;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>The ports of manifests are those of the settings: nothing listens unnamed, nothing is named that does not listen.</summary>
public sealed class PortTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_container_names_every_port_the_node_listens_on(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        using var pod = new PodEnvironment(overlay);
        var settings = pod.Read();
        var expected = ClientTcp(settings).Concat(Browsers(settings)).Concat(Own(settings))
            // On the host's network nothing is forwarded, and nothing has to be named for it.
            .Concat(overlay.IsOnHostNetwork ? [] : Media(settings));

        Assert.Equal(expected.Order(), PortsOf(overlay.Container.Each("ports"), "containerPort").Order());
        var names = overlay.Container.Each("ports").Select(p => p.Text("name")).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, n => Assert.InRange(n.Length, 1, 15));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task One_address_takes_both_the_session_and_the_media_of_a_client(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        using var pod = new PodEnvironment(overlay);
        var settings = pod.Read();
        Assert.Equal(overlay.IsOnHostNetwork, !overlay.ClientServices.Any());
        Assert.All(overlay.ClientServices, service =>
        {
            Assert.Equal(ClientTcp(settings).Concat(Media(settings)).Concat(Browsers(settings)).Order(), PortsOf(service.Each("spec/ports"), "port").Order());
            Assert.All(service.Each("spec/ports"), p => Assert.Equal(p.Text("name"), p.Text("targetPort")));
            // Media is known by the client's address; and calls go on while the pod drains, which is when it is not ready.
            Assert.Equal("Local", service.Text("spec/externalTrafficPolicy"));
            Assert.Equal("true", service.Text("spec/publishNotReadyAddresses"));
        });
    }

    [Fact]
    public async Task Every_pod_there_may_be_has_an_address_of_its_own()
    {
        var overlay = await Overlay.RenderAsync("prod");
        int most = overlay.Only("HorizontalPodAutoscaler").Number("spec/maxReplicas");
        Assert.Equal(
            Enumerable.Range(0, most).Select(i => $"conference-{i}"),
            overlay.ClientServices.Select(s => s.At("spec/selector")!["statefulset.kubernetes.io/pod-name"]!.ToString()).Order());
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_port_of_a_service_is_one_of_the_container(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var container = overlay.Container.Each("ports").ToDictionary(p => p.Text("name"), p => (p.Number("containerPort"), Protocol(p)));
        Assert.All(overlay.OfKind("Service").SelectMany(s => s.Each("spec/ports")), p =>
            Assert.Equal(container[p.Text("targetPort")], (p.Number("port"), Protocol(p))));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_network_policy_lets_in_what_the_node_listens_on_and_no_more(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        if (overlay.IsOnHostNetwork)
        {
            Assert.Empty(overlay.OfKind("NetworkPolicy"));
            return;
        }

        using var pod = new PodEnvironment(overlay);
        var settings = pod.Read();
        var policy = overlay.Only("NetworkPolicy");
        Assert.Equal(overlay.StatefulSet.At("spec/selector")!.ToJsonString(), policy.At("spec/podSelector")!.ToJsonString());
        var ingress = policy.Each("spec/ingress").ToArray();
        var fromAnywhere = ingress.Where(r => r.At("from") is null).SelectMany(Allowed);
        var fromSome = ingress.Where(r => r.At("from") is not null).SelectMany(Allowed);

        Assert.Equal(ClientTcp(settings).Concat(Media(settings)).Concat(Browsers(settings)).Order(), fromAnywhere.Order());
        Assert.Equal(Own(settings).Order(), fromSome.Order());
        // Peers are let out to what peers are let in by.
        var peers = policy.Each("spec/egress").Where(r => r.Each("to").Any(t => t.At("podSelector") is not null)).SelectMany(Allowed);
        Assert.Equal(Peers(settings).Order(), peers.Order());
    }

    private static IEnumerable<(int Port, string Protocol)> ClientTcp(NodeSettings settings) =>
        settings.Qcvc.TlsPort is { } tls ? [(settings.Qcvc.Port, "TCP"), (tls, "TCP")] : [(settings.Qcvc.Port, "TCP")];

    private static IEnumerable<(int Port, string Protocol)> Media(NodeSettings settings) =>
        Enumerable.Range(settings.Media.Ports.First, settings.Media.Ports.Last - settings.Media.Ports.First + 1).Select(p => (p, "UDP"));

    private static IEnumerable<(int Port, string Protocol)> Browsers(NodeSettings settings) =>
        settings.Media.Web is { } web ? [(web.Port, "UDP"), (web.Port, "TCP")] : [];

    private static IEnumerable<(int Port, string Protocol)> Own(NodeSettings settings) => Peers(settings).Append((settings.Http.Port, "TCP"));

    /// <summary>Links, and a trunk for each media loop.</summary>
    private static IEnumerable<(int Port, string Protocol)> Peers(NodeSettings settings) =>
        Enumerable.Range(settings.Cluster.Port, settings.Media.Loops).Select(p => (p, "UDP")).Append((settings.Cluster.Port, "TCP"));

    private static IEnumerable<(int Port, string Protocol)> PortsOf(IEnumerable<JsonNode> ports, string key) =>
        ports.Select(p => (p.Number(key), Protocol(p)));

    private static IEnumerable<(int Port, string Protocol)> Allowed(JsonNode rule) => rule.Each("ports").SelectMany(p =>
        Enumerable.Range(p.Number("port"), (p.At("endPort") is null ? p.Number("port") : p.Number("endPort")) - p.Number("port") + 1)
            .Select(n => (n, Protocol(p))));

    private static string Protocol(JsonNode port) => port.At("protocol")?.ToString() ?? "TCP";
}
