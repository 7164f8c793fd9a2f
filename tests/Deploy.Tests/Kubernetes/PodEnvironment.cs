using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conference.Deploy.Tests.Support;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Deploy.Tests.Kubernetes;

/// <summary>
/// The environment a pod of an overlay is started with, and the settings the node reads from it. Mounted Secrets are put into a folder,
/// and the paths that name them are turned to it.
/// </summary>
internal sealed partial class PodEnvironment : IDisposable
{
    public const string PodName = "conference-1", PodAddress = "10.1.2.3", HostAddress = "192.0.2.7";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("conference-pod-");
    private readonly Overlay _overlay;

    public PodEnvironment(Overlay overlay)
    {
        _overlay = overlay;
        MountSecrets();
        foreach (var source in overlay.Container.Each("envFrom"))
        {
            var map = overlay.Find("ConfigMap", source.Text("configMapRef/name"));
            Assert.True(map is not null, $"no ConfigMap {source.Text("configMapRef/name")}");
            foreach (var (key, value) in map.At("data")!.AsObject())
                Variables[key] = value!.ToString();
        }

        foreach (var variable in overlay.Container.Each("env"))
            Variables[variable.Text("name")] = ValueOf(variable);
    }

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Secrets the manifests ask for and do not bring, with the keys they must have.</summary>
    public HashSet<(string Secret, string Key)> Asked { get; } = [];

    /// <exception cref="SettingsException">What the pod's log would say.</exception>
    public NodeSettings Read() => NodeSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(Variables.Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), (string?)Rooted(v.Value))))
        .Build());

    public void Dispose() => _root.Delete(recursive: true);

    private string ValueOf(JsonNode variable)
    {
        if (variable.At("value") is { } value)
            return Reference().Replace(value.ToString(), m => Variables[m.Groups[1].Value]);
        if (variable.At("valueFrom/fieldRef/fieldPath") is { } field)
            return field.ToString() switch
            {
                "metadata.name" => PodName,
                "status.podIP" => _overlay.IsOnHostNetwork ? HostAddress : PodAddress,
                "status.hostIP" => HostAddress,
                var other => throw new NotSupportedException(other),
            };
        return SecretValue(variable.Text("valueFrom/secretKeyRef/name"), variable.Text("valueFrom/secretKeyRef/key"));
    }

    private string SecretValue(string secret, string key)
    {
        if (_overlay.Find("Secret", secret) is { } brought)
        {
            return brought.At("data") is JsonObject data
                ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(data.Text(key)))
                : brought.Text($"stringData/{key}");
        }

        Asked.Add((secret, key));
        return key switch
        {
            "connection" => "Host=postgres.example.org;Username=conference;Password=secret;Database=conference",
            "token" => "a token of some length",
            _ => throw new NotSupportedException($"no example of {secret}/{key}"),
        };
    }

    private void MountSecrets()
    {
        foreach (var mount in _overlay.Container.Each("volumeMounts"))
        {
            var volume = _overlay.Pod.Each("volumes").Concat(Claims()).SingleOrDefault(v => v.Text("name") == mount.Text("name"));
            Assert.True(volume is not null, $"no volume {mount.Text("name")}");
            string folder = Directory.CreateDirectory(Path.Join(_root.FullName, mount.Text("mountPath"))).FullName;
            if (volume.At("secret/secretName")?.ToString() is { } secret)
                Fill(folder, secret);
        }

        IEnumerable<JsonNode> Claims() => _overlay.StatefulSet.Each("spec/volumeClaimTemplates").Select(c => c.At("metadata")!);
    }

    private void Fill(string folder, string secret)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=conference.example.org", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        (string Key, string Text)[] files = secret switch
        {
            "conference-tls" => [("tls.crt", certificate.ExportCertificatePem()), ("tls.key", key.ExportPkcs8PrivateKeyPem())],
            "conference-issuer" => [("issuer.pem", key.ExportSubjectPublicKeyInfoPem())],
            _ => throw new NotSupportedException($"no example of {secret}"),
        };
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Join(folder, name), text);
            Asked.Add((secret, name));
        }
    }

    private string Rooted(string value) => value.StartsWith("/etc/conference/", StringComparison.Ordinal) ? _root.FullName + value : value;

    [GeneratedRegex(@"\$\((\w+)\)")]
    private static partial Regex Reference();
}
