using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>Names that clients are told lead to pods that are there; names that pods ask for can be found.</summary>
public sealed class NameTests
{
    private const string HostName = "external-dns.alpha.kubernetes.io/hostname", Shared = "conference.example.org";

    public static TheoryData<string> Overlays => Overlay.Names;

    [Fact]
    public async Task The_shared_name_is_on_the_pods_that_are_always_there()
    {
        var overlay = await Overlay.RenderAsync("prod");
        int least = overlay.Only("HorizontalPodAutoscaler").Number("spec/minReplicas");
        var named = overlay.ClientServices.Where(s => HostNames(s).Contains(Shared)).Select(Pod).Order();
        Assert.Equal(Enumerable.Range(0, least).Select(i => $"conference-{i}"), named);
        Assert.All(overlay.ClientServices, s => Assert.Contains($"{Pod(s)}.{Shared}", HostNames(s)));

        static string Pod(JsonNode service) => service.At("spec/selector")!["statefulset.kubernetes.io/pod-name"]!.ToString();
    }

    [Fact]
    public async Task On_the_hosts_network_names_follow_the_pods()
    {
        var service = (await Overlay.RenderAsync("hostnetwork")).Find("Service", "conference")!;
        Assert.Equal("None", service.Text("spec/clusterIP"));
        Assert.Equal([Shared], HostNames(service));
        Assert.Equal("NodeExternalIP", service.At("metadata/annotations")!["external-dns.alpha.kubernetes.io/endpoints-type"]!.ToString());
        Assert.Equal("true", service.Text("spec/publishNotReadyAddresses"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_console_is_reached_by_port_forward(string name)
    {
        // kubectl port-forward comes out at the pod's loopback address.
        using var pod = new PodEnvironment(await Overlay.RenderAsync(name));
        Assert.Equal(System.Net.IPAddress.Any, pod.Read().Http.Address);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Dns_is_let_out_to_wherever_it_is(string name)
    {
        var rules = (await Overlay.RenderAsync(name)).Only("NetworkPolicy").Each("spec/egress");
        // No "to": a cache on the machine is not a pod that a selector finds.
        var dns = Assert.Single(rules, r => r.At("to") is null && r.Each("ports").Any(p => p.Number("port") == 53));
        Assert.Equal(["TCP", "UDP"], dns.Each("ports").Select(p => p.Text("protocol")).Order());
    }

    [Fact]
    public async Task The_page_names_the_least_version_that_has_all_that_is_used()
    {
        // preStop.sleep since 1.30 without a feature gate; all else is older: unhealthyPodEvictionPolicy 1.27, mixed protocols 1.26, endPort 1.25.
        Assert.NotNull((await Overlay.RenderAsync("prod")).Container.At("lifecycle/preStop/sleep"));
        Assert.Contains("Kubernetes 1.30 or later", await File.ReadAllTextAsync(RepositoryRoot.File("docs", "kubernetes.md")), StringComparison.Ordinal);
    }

    private static string[] HostNames(JsonNode service) => service.At("metadata/annotations")![HostName]!.ToString().Split(',');
}
