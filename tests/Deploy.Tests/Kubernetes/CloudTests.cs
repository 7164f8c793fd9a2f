using System.Text.Json.Nodes;
using Conference.Deploy.Tests.Support;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>prod with what each cloud wants of its Services.</summary>
public sealed class CloudTests : IDisposable
{
    /// <summary>Beside the overlays, since kustomize takes no absolute paths; the name is nobody else's.</summary>
    private readonly DirectoryInfo _folder = Directory.CreateDirectory(
        RepositoryRoot.File("tests", "Deploy.Tests", "obj", $"cloud-{Guid.NewGuid():N}"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("aws", 32)]
    [InlineData("gke", 64)]
    [InlineData("azure", 64)]
    public async Task Every_address_has_the_clouds_settings_and_the_ports_that_it_can_have(string cloud, int mediaPorts)
    {
        var objects = await RenderAsync(cloud);
        var services = objects.Where(o => o.Text("kind") == "Service" && o.At("spec/type")?.ToString() == "LoadBalancer").ToArray();
        Assert.Equal(6, services.Length);
        Assert.All(services, s => Assert.Equal(mediaPorts, s.Each("spec/ports").Count(p => p.Text("name").StartsWith("media-", StringComparison.Ordinal))));
        // Names, external-dns's among them, are left as they are.
        Assert.All(services, s => Assert.NotNull(s.At("metadata/annotations")!["external-dns.alpha.kubernetes.io/hostname"]));
        string settings = objects.Single(o => o.Text("kind") == "ConfigMap").Text("data/Media__Ports");
        Assert.Equal($"11000-{11000 + mediaPorts - 1}", settings);
        Assert.All(services, s => Assert.True(IsFor(cloud, s)));
    }

    private static bool IsFor(string cloud, JsonNode service) => cloud switch
    {
        "aws" => service.Text("spec/loadBalancerClass") == "service.k8s.aws/nlb" && service.Each("spec/ports").Count() <= 50,
        "gke" => service.Text("spec/loadBalancerClass") == "networking.gke.io/l4-regional-external",
        _ => service.At("metadata/annotations")!["service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout"]!.ToString() == "31",
    };

    private async Task<IReadOnlyList<JsonNode>> RenderAsync(string cloud)
    {
        string root = Path.GetRelativePath(_folder.FullName, RepositoryRoot.File("deploy", "k8s"));
        await File.WriteAllTextAsync(Path.Join(_folder.FullName, "kustomization.yaml"), $"resources: [{root}/overlays/prod]\ncomponents: [{root}/components/{cloud}]\n");
        var (exitCode, output) = await Tool.RunAsync("kubectl", null, "kustomize", _folder.FullName);
        Assert.True(exitCode == 0, output);
        return Yaml.Parse(output);
    }
}
