using System.Globalization;
using Conference.Deploy.Tests.Support;
using Conference.Node.Settings;
using Conference.Protocol.Tests;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>Pods are started with settings that the node takes.</summary>
public sealed class SettingsTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_variable_of_the_pod_is_a_setting_with_a_value_the_node_takes(string name)
    {
        using var pod = new PodEnvironment(await Overlay.RenderAsync(name));
        // Variables outside of the sections would be ignored in silence.
        Assert.All(pod.Variables.Keys, k => Assert.Contains("__", k, StringComparison.Ordinal));
        var settings = pod.Read();

        Assert.Equal(PodEnvironment.PodName, settings.Name);
        Assert.False(System.Net.IPAddress.IsLoopback(settings.Http.Address), "probes and Prometheus come from outside");
        Assert.NotNull(settings.Http.AdminToken);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task A_wrong_value_is_told_by_its_key_and_without_the_value(string name)
    {
        using var pod = new PodEnvironment(await Overlay.RenderAsync(name));
        pod.Variables["Media__Ports"] = "as many as there are";
        pod.Variables["Qcvc__Prot"] = "4321";

        var wrong = Assert.Throws<SettingsException>(pod.Read);
        Assert.Contains("Media:Ports must be", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Qcvc:Prot is not a setting", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("as many", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_tells_its_clients_to_move_to_an_address_of_its_own()
    {
        using var prod = new PodEnvironment(await Overlay.RenderAsync("prod"));
        Assert.Equal("conference-1.conference.example.org", prod.Read().ClientHost);
        using var host = new PodEnvironment(await Overlay.RenderAsync("hostnetwork"));
        // A name, which the certificate has, and no address, which it cannot know.
        Assert.Equal("conference-1.conference.example.org", host.Read().ClientHost);
    }

    [Fact]
    public async Task Without_a_database_the_file_is_on_a_volume_that_outlives_the_pod()
    {
        var dev = await Overlay.RenderAsync("dev");
        using var pod = new PodEnvironment(dev);
        var store = pod.Read().Store;
        Assert.Null(store.Postgres);
        Assert.Equal(1, dev.StatefulSet.Number("spec/replicas"));
        var claims = dev.StatefulSet.Each("spec/volumeClaimTemplates").Select(c => c.Text("metadata/name")).ToArray();
        Assert.Contains(dev.Container.Each("volumeMounts"), m =>
            claims.Contains(m.Text("name")) && store.Path.StartsWith(m.Text("mountPath") + "/", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task Every_secret_that_is_asked_for_is_on_the_page(string name)
    {
        string page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "kubernetes.md"));
        using var pod = new PodEnvironment(await Overlay.RenderAsync(name));
        Assert.All(pod.Asked, s =>
        {
            Assert.Contains(s.Secret, page, StringComparison.Ordinal);
            Assert.Contains(s.Key, page, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_image_is_of_this_release(string name)
    {
        string properties = await File.ReadAllTextAsync(RepositoryRoot.File("Directory.Build.props"));
        string version = properties.Split("<Version>")[1].Split('<')[0];
        Assert.EndsWith("conference:" + version, (await Overlay.RenderAsync(name)).Container.Text("image"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task The_node_asks_for_as_many_cores_as_it_has_threads_for_media(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        using var pod = new PodEnvironment(overlay);
        string cpu = overlay.Container.Text("resources/requests/cpu");
        if (!cpu.EndsWith('m'))
            Assert.Equal(int.Parse(cpu, CultureInfo.InvariantCulture), pod.Read().Media.Loops);
        Assert.Null(overlay.Container.At("resources/limits/cpu"));
    }
}
