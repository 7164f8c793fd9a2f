using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conference.Node.Settings;
using Microsoft.Extensions.Configuration;

namespace Conference.Node.Tests.Settings;

public sealed class ClusterSettingsTests
{
    [Fact]
    public void Links_listen_where_others_are_told_to_find_them()
    {
        var cluster = Read("Cluster:Advertise=127.0.0.2").Cluster;
        Assert.Equal((4330, IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.2")), (cluster.Port, cluster.Address, cluster.Advertise));
        Assert.Null(cluster.Secret);
        Assert.Null(cluster.Tls);
    }

    [Fact]
    public void Links_listen_everywhere_when_the_advertised_address_is_another_machines() =>
        Assert.Equal(IPAddress.Any, Read("Cluster:Advertise=198.51.100.7").Cluster.Address);

    [Fact]
    public void What_the_operator_says_of_both_holds()
    {
        var cluster = Read("Cluster:Advertise=198.51.100.7", "Cluster:Address=127.0.0.3", "Cluster:Port=4400").Cluster;
        Assert.Equal((4400, IPAddress.Parse("127.0.0.3"), IPAddress.Parse("198.51.100.7")), (cluster.Port, cluster.Address, cluster.Advertise));
    }

    [Fact]
    public void One_node_alone_has_no_trunks() => Assert.Null(Read("Cluster:Advertise=127.0.0.2").Media.Trunk);

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2", "127.0.0.2")]
    [InlineData("198.51.100.7", "0.0.0.0", "0.0.0.0")]
    [InlineData("2001:db8::7", "0.0.0.0", "::")]
    [InlineData("198.51.100.7", "::", "0.0.0.0")]
    [InlineData("198.51.100.7", "127.0.0.3", "127.0.0.3")]
    public void Trunks_of_a_cluster_listen_beside_its_links_in_the_family_the_others_are_told(string advertise, string address, string bound)
    {
        var trunk = Read("Store:Postgres=Host=db", $"Cluster:Advertise={advertise}", $"Cluster:Address={address}", "Cluster:Port=4400").Media.Trunk!;
        Assert.Equal((IPAddress.Parse(bound), 4400, IPAddress.Parse(advertise)), (trunk.Address, trunk.FirstPort, trunk.Advertise));
    }

    [Fact]
    public void The_first_address_of_the_machine_is_advertised_by_default()
    {
        var advertise = Read().Cluster.Advertise;
        Assert.NotEqual(IPAddress.Any, advertise);
        Assert.NotEqual(IPAddress.IPv6Any, advertise);
    }

    [Theory]
    [InlineData("Cluster:Port=65536", "Cluster:Port must be")]
    [InlineData("Cluster:Advertise=example.org", "Cluster:Advertise must be")]
    [InlineData("Cluster:Advertise=0.0.0.0", "Cluster:Advertise must be")]
    [InlineData("Cluster:Advertise=::", "Cluster:Advertise must be")]
    [InlineData("Cluster:Address=here", "Cluster:Address must be")]
    [InlineData("Cluster:Secret=short", "Cluster:Secret must be")]
    [InlineData("Cluster:Key=/nowhere", "Cluster:Certificate must be set too")]
    [InlineData("Cluster:Key=/nowhere", "Cluster:Authority must be set too")]
    [InlineData("Cluster:Seed=a", "Cluster:Seed is not a setting")]
    [InlineData("Qcvc:Advertise=talk example", "Qcvc:Advertise must be")]
    [InlineData("Qcvc:Advertise=talk.example.org:0", "Qcvc:Advertise must be")]
    [InlineData("Qcvc:Advertise=2001:db8::1", "Qcvc:Advertise must be")]
    public void A_wrong_value_is_told_by_its_key(string setting, string told) =>
        Assert.Contains(told, Assert.Throws<SettingsException>(() => Read(setting)).Message, StringComparison.Ordinal);

    [Fact]
    public void Nodes_certificates_are_read_and_checked()
    {
        string folder = Directory.CreateTempSubdirectory("conference-settings-").FullName;
        try
        {
            string certificate = Path.Combine(folder, "node.crt"), key = Path.Combine(folder, "node.key"), other = Path.Combine(folder, "other.key");
            using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var wrong = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=node", pair, HashAlgorithmName.SHA256);
            // The name that all nodes of the cluster share.
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("cluster");
            request.CertificateExtensions.Add(names.Build());
            using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(certificate, made.ExportCertificatePem());
            File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
            File.WriteAllText(other, wrong.ExportPkcs8PrivateKeyPem());

            var tls = Read($"Cluster:Certificate={certificate}", $"Cluster:Key={key}", $"Cluster:Authority={certificate}").Cluster.Tls;
            Assert.Equal(new ClusterTlsSettings(certificate, key, certificate), tls);
            Assert.Equal(
                ["Cluster:Key holds no PEM private key of that certificate"],
                Assert.Throws<SettingsException>(() => Read($"Cluster:Certificate={certificate}", $"Cluster:Key={other}", $"Cluster:Authority={certificate}")).Errors);
            Assert.Equal(
                ["Cluster:Authority holds no PEM certificate"],
                Assert.Throws<SettingsException>(() => Read($"Cluster:Certificate={certificate}", $"Cluster:Key={key}", $"Cluster:Authority={key}")).Errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("203.0.113.5")]
    [InlineData("203.0.113.5:4400", "Qcvc:Port=4400")]
    [InlineData("192.0.2.9", "Qcvc:Address=192.0.2.9")]
    [InlineData("[2001:db8::1]:4400", "Qcvc:Address=2001:db8::1", "Qcvc:Port=4400")]
    [InlineData("203.0.113.5", "Qcvc:Domains=*")]
    [InlineData("talk.example.org", "Qcvc:Domains=talk.example.org,example.com", "Qcvc:Address=192.0.2.9")]
    [InlineData("a.example.org:4321", "Qcvc:Domains=example.org", "Qcvc:Advertise=a.example.org:4321", "Qcvc:Port=4400")]
    [InlineData("a.example.org", "Qcvc:Advertise=a.example.org", "Qcvc:Port=4400")]
    [InlineData("[2001:db8::1]", "Qcvc:Advertise=[2001:db8::1]")]
    public void Clients_are_told_where_they_reach_a_node(string told, params string[] settings) =>
        Assert.Equal(told, Read(["Cluster:Advertise=203.0.113.5", .. settings]).ClientHost);

    private static NodeSettings Read(params string[] settings) => NodeSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], (string?)s[1]))).Build());
}
