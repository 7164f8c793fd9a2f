using System.Globalization;
using Conference.Deploy.Tests.Support;
using Conference.Node;
using Conference.Protocol.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>How pods are watched, ended and kept small.</summary>
public sealed class PodTests : IDisposable
{
    /// <summary>Around a drain: shards are handed over (12 s at most), sessions and rooms are told (10 s), and the database (5 s).</summary>
    private static readonly TimeSpan _around = TimeSpan.FromSeconds(27);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conference-pod-");

    public static TheoryData<string> Overlays => Overlay.Names;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Probes_and_scrapes_ask_what_the_node_answers(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var probes = new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(p => overlay.Container.At(p)!).ToArray();
        var scrapes = overlay.OfKind("ServiceMonitor").SelectMany(m => m.Each("spec/endpoints")).Select(e => e.Text("path"));
        await using var node = await BuildNodeAsync();
        var routes = ((IEndpointRouteBuilder)node).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => "/" + e.RoutePattern.RawText!.TrimStart('/')).ToHashSet();

        Assert.All(probes.Select(p => p.Text("httpGet/path")).Concat(scrapes), p => Assert.Contains(p, routes));
        Assert.All(probes, p => Assert.Equal("http", p.Text("httpGet/port")));
        // What depends on others must not end the process.
        Assert.Equal(["/health/live", "/health/live", "/health/ready"], probes.Select(p => p.Text("httpGet/path")));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task There_is_time_to_drain_before_the_pod_is_killed(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        using var pod = new PodEnvironment(overlay);
        await using var node = await BuildNodeAsync();
        var shutdown = node.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;
        var drain = pod.Read().DrainLimit;
        double grace = overlay.Pod.Number("terminationGracePeriodSeconds") - overlay.Container.Number("lifecycle/preStop/sleep/seconds");
        Assert.True(
            grace >= (drain + _around + shutdown).TotalSeconds,
            string.Create(CultureInfo.InvariantCulture, $"{grace} s of grace for {drain.TotalSeconds} s of drain and {shutdown.TotalSeconds} s of shutdown"));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_node_has_no_rights_it_does_not_need(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        Assert.Equal("true", overlay.Pod.Text("securityContext/runAsNonRoot"));
        Assert.NotEqual("0", overlay.Pod.Text("securityContext/runAsUser"));
        Assert.Equal("RuntimeDefault", overlay.Pod.Text("securityContext/seccompProfile/type"));
        Assert.Equal("true", overlay.Container.Text("securityContext/readOnlyRootFilesystem"));
        Assert.Equal("false", overlay.Container.Text("securityContext/allowPrivilegeEscalation"));
        Assert.Equal("ALL", Assert.Single(overlay.Container.Each("securityContext/capabilities/drop")).ToString());
        Assert.Equal("false", overlay.Pod.Text("automountServiceAccountToken"));
        Assert.Equal("false", overlay.Only("ServiceAccount").Text("automountServiceAccountToken"));
        Assert.DoesNotContain(overlay.Objects, o => o.Text("kind").EndsWith("RoleBinding", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_selector_finds_the_pods(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var labels = overlay.StatefulSet.At("spec/template/metadata/labels")!.AsObject();
        var selectors = new[] { overlay.StatefulSet.At("spec/selector/matchLabels"), overlay.Only("PodDisruptionBudget").At("spec/selector/matchLabels") }
            .Concat(overlay.Pod.Each("topologySpreadConstraints").Select(c => c.At("labelSelector/matchLabels")))
            .Append(overlay.Find("Service", "conference-peers").At("spec/selector"));
        Assert.All(selectors, s =>
        {
            var selected = s!.AsObject();
            Assert.NotEmpty(selected);
            Assert.All(selected, l => Assert.Equal(l.Value!.ToString(), labels[l.Key]?.ToString()));
        });
        Assert.Equal(overlay.Find("Service", "conference-peers").Text("metadata/name"), overlay.StatefulSet.Text("spec/serviceName"));
    }

    [Fact]
    public async Task The_autoscaler_follows_a_metric_there_is_and_shrinks_slowly()
    {
        var scaler = (await Overlay.RenderAsync("prod")).Only("HorizontalPodAutoscaler");
        string page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "operating.md"));
        var metrics = scaler.Each("spec/metrics").Where(m => m.Text("type") == "Pods").Select(m => m.Text("pods/metric/name")).ToArray();
        Assert.NotEmpty(metrics);
        Assert.All(metrics, m => Assert.Contains($"| `{m}` | gauge |", page, StringComparison.Ordinal));
        Assert.True(scaler.Number("spec/behavior/scaleDown/stabilizationWindowSeconds") >= 1800);
        Assert.Equal(1, Assert.Single(scaler.Each("spec/behavior/scaleDown/policies")).Number("value"));
        Assert.Null((await Overlay.RenderAsync("prod")).StatefulSet.At("spec/replicas"));
    }

    /// <summary>Not started; but a node that is built has opened its store.</summary>
    private Task<WebApplication> BuildNodeAsync() =>
        NodeApplication.BuildAsync(["--Qcvc:Port=0", "--Http:Port=0", "--Web:Port=0", "--Media:Loops=1", $"--Store:Path={Path.Join(_folder.FullName, Guid.NewGuid().ToString("N"))}"]);
}
