using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>One overlay as kustomize renders it.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> _rendered = [];

    private Overlay(IReadOnlyList<JsonNode> objects) => Objects = objects;

    /// <summary>All there are.</summary>
    public static TheoryData<string> Names { get; } =
        [.. Directory.EnumerateDirectories(RepositoryRoot.File("deploy", "k8s", "overlays")).Select(d => Path.GetFileName(d)!).Order()];

    public IReadOnlyList<JsonNode> Objects { get; }

    public JsonNode StatefulSet => Only("StatefulSet");

    public JsonNode Pod => StatefulSet.At("spec/template/spec")!;

    public JsonNode Container => Assert.Single(Pod.Each("containers"));

    public bool IsOnHostNetwork => Pod.At("hostNetwork")?.GetValue<bool>() ?? false;

    /// <summary>Services that clients reach pods by; none where pods are on the host's network.</summary>
    public IEnumerable<JsonNode> ClientServices => OfKind("Service").Where(s => s.At("spec/type")?.ToString() == "LoadBalancer");

    public static Task<Overlay> RenderAsync(string name) => _rendered.GetOrAdd(name, n => new(() => RenderNewAsync(n))).Value;

    public IEnumerable<JsonNode> OfKind(string kind) => Objects.Where(o => o.Text("kind") == kind);

    public JsonNode Only(string kind) => Assert.Single(OfKind(kind));

    public JsonNode? Find(string kind, string name) => OfKind(kind).SingleOrDefault(o => o.Text("metadata/name") == name);

    private static async Task<Overlay> RenderNewAsync(string name)
    {
        var (exitCode, output) = await Tool.RunAsync("kubectl", null, "kustomize", RepositoryRoot.File("deploy", "k8s", "overlays", name));
        Assert.True(exitCode == 0, output);
        return new Overlay(Yaml.Parse(output));
    }
}
