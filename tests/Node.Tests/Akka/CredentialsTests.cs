using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Node.Akka;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Tests.Akka;

public sealed class CredentialsTests
{
    private static readonly DateTimeOffset _from = DateTimeOffset.UtcNow.AddDays(-1), _to = DateTimeOffset.UtcNow.AddDays(30);

    [Fact]
    public async Task Nodes_of_one_authority_that_share_a_name_take_each_other()
    {
        using var authority = Authority("ours");
        Assert.True(await SpeakAsync(Issue(authority, "conference.example", "node1"), Issue(authority, "node2", "conference.example")));
    }

    [Fact]
    public async Task A_certificate_of_the_same_authority_for_something_else_is_refused()
    {
        using var authority = Authority("ours");
        Assert.False(await SpeakAsync(Issue(authority, "conference.example"), Issue(authority, "mail.example")));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var authority = Authority("ours");
        using var other = Authority("ours");
        Assert.False(await SpeakAsync(Issue(authority, "conference.example"), Issue(other, "conference.example")));
        Assert.False(await SpeakAsync(Issue(other, "conference.example"), Issue(authority, "conference.example")));
    }

    [Fact]
    public async Task While_authorities_change_nodes_of_both_take_each_other()
    {
        using var old = Authority("old");
        using var renewed = Authority("new");
        Assert.True(await SpeakAsync(Issue([old, renewed], old, "conference.example"), Issue([old, renewed], renewed, "conference.example")));
    }

    [Fact]
    public async Task A_pinned_certificate_is_taken_whatever_the_clock_says()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=conference", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(1), _to);
        var pinned = NodeCredentials.Pinned(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12, ""), ""));

        Assert.True(await SpeakAsync(pinned, pinned));
        Assert.False(await SpeakAsync(pinned, NodeCredentials.ThrowAway()));
    }

    [Fact]
    public void Files_that_are_no_certificates_are_named()
    {
        using var authority = Authority("ours");
        byte[][] files = Files([authority], authority, "conference.example");

        Assert.StartsWith("Cluster:Certificate", Assert.Throws<FormatException>(() => NodeCredentials.Read([[1, 2], files[1], files[2]])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Cluster:Key", Assert.Throws<FormatException>(() => NodeCredentials.Read([files[0], [1, 2], files[2]])).Message, StringComparison.Ordinal);
        Assert.StartsWith("Cluster:Authority", Assert.Throws<FormatException>(() => NodeCredentials.Read([files[0], files[1], [1, 2]])).Message, StringComparison.Ordinal);
        Assert.Contains("no DNS name", Assert.Throws<FormatException>(() => NodeCredentials.Read(Files([authority], authority))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sealed_key_is_opened_by_its_secret_and_by_no_other()
    {
        byte[] key = RandomNumberGenerator.GetBytes(300);
        byte[] kept = KeySeal.Seal(key, "a secret of some length");

        Assert.Equal(key, KeySeal.Open(kept, "a secret of some length"));
        Assert.Null(KeySeal.Open(kept, "another of some length"));
        kept[^1]++;
        Assert.Null(KeySeal.Open(kept, "a secret of some length"));
        Assert.Null(KeySeal.Open([1, 2, 3], "a secret of some length"));
    }

    /// <returns>Whether the one that listens and the one that dials both took the other, and a byte came through.</returns>
    private static async Task<bool> SpeakAsync(NodeCredentials listens, NodeCredentials dials)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, cancelled);
        using var accepted = await listener.AcceptTcpClientAsync(cancelled);
        await using var server = new SslStream(accepted.GetStream());
        await using var tls = new SslStream(client.GetStream());
        try
        {
            var serving = server.AuthenticateAsServerAsync(listens.ForListener(), cancelled);
            try
            {
                await tls.AuthenticateAsClientAsync(dials.ForDialer(), cancelled);
            }
            catch
            {
                client.Dispose();
                await Assert.ThrowsAnyAsync<Exception>(() => serving);
                return false;
            }

            await serving;
            await server.WriteAsync(new byte[] { 7 }, cancelled);
            return await tls.ReadAsync(new byte[1], cancelled) == 1;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return false;
        }
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(_from, _to);
    }

    private static NodeCredentials Issue(X509Certificate2 authority, params string[] names) => Issue([authority], authority, names);

    private static NodeCredentials Issue(X509Certificate2[] taken, X509Certificate2 authority, params string[] names) => NodeCredentials.Read(Files(taken, authority, names));

    private static byte[][] Files(X509Certificate2[] taken, X509Certificate2 authority, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
        {
            var builder = new SubjectAlternativeNameBuilder();
            foreach (string name in names)
                builder.AddDnsName(name);
            request.CertificateExtensions.Add(builder.Build());
        }

        using var issued = request.Create(authority, _from, _to.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        return
        [
            Encoding.ASCII.GetBytes(issued.ExportCertificatePem()),
            Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()),
            Encoding.ASCII.GetBytes(string.Join('\n', taken.Select(c => c.ExportCertificatePem()))),
        ];
    }
}
