using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Node.Links;
using Conference.Node.Tests.Links.Support;

namespace Conference.Node.Tests.Links;

/// <summary>Certificates of an operator's: who has none of that authority does not get as far as the handshake.</summary>
public sealed class LinkCredentialsTests : IDisposable
{
    private readonly TestAuthority _authority = new("one");

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_link()
    {
        await using var a = await LinkHost.StartAsync(1, With(_authority.Issue()));
        await using var b = await LinkHost.StartAsync(2, With(_authority.Issue()));
        LinkHost.Meet(a, b);

        Assert.Equal("up b", await a.Recorder.NextAsync());
        Assert.True(a.TrySend(b, "hello"));
        Assert.Equal("up a", await b.Recorder.NextAsync());
        Assert.Equal("a: hello", await b.Recorder.NextAsync());
    }

    [Fact]
    public async Task A_certificate_behind_an_intermediate_one_is_good()
    {
        using var intermediate = _authority.IssueAuthority("between");
        await using var a = await LinkHost.StartAsync(1, With(_authority.Issue()));
        await using var b = await LinkHost.StartAsync(2, With(intermediate.Issue(_authority)));
        LinkHost.Meet(a, b);

        Assert.Equal("up b", await a.Recorder.NextAsync());
    }

    [Fact]
    public async Task A_node_of_another_authority_is_refused_by_both_sides_whatever_it_knows()
    {
        using var other = new TestAuthority("two");
        await using var a = await LinkHost.StartAsync(1, With(other.Issue()));
        await using var b = await LinkHost.StartAsync(2, With(_authority.Issue()));
        LinkHost.Meet(a, b);

        // The dialer sees the listener's first, and goes.
        await LinkHost.UntilAsync(() => a.Refused("tls") >= 1 && b.Refused("tls") >= 1);
        Assert.Empty(b.Recorder.Rest());
    }

    [Fact]
    public async Task A_dialer_without_a_certificate_of_the_authority_is_refused()
    {
        await using var b = await LinkHost.StartAsync(2, With(_authority.Issue()));

        // Self-signed, it takes any listener's; the listener does not take it.
        await Assert.ThrowsAsync<WebSocketException>(() => Stranger.ConnectAsync(b));

        await LinkHost.UntilAsync(() => b.Refused("tls") >= 1);
    }

    [Fact]
    public async Task A_certificate_of_the_authority_is_no_secret_of_the_cluster()
    {
        await using var a = await LinkHost.StartAsync(1, o => With(_authority.Issue())(o) with { Secret = new LinkSecret("the secret of another cluster") });
        await using var b = await LinkHost.StartAsync(2, With(_authority.Issue()));
        LinkHost.Meet(a, b);

        await LinkHost.UntilAsync(() => a.Refused("secret") >= 1);
        Assert.Empty(a.Recorder.Rest());
    }

    [Fact]
    public async Task New_certificates_are_taken_up_by_the_next_link()
    {
        var current = _authority.Issue();
        await using var a = await LinkHost.StartAsync(1, o => o with { Credentials = () => current });
        await using var b = await LinkHost.StartAsync(2, o => o with { Credentials = () => current });
        LinkHost.Meet(a, b);
        Assert.Equal("up b", await a.Recorder.NextAsync());

        using var next = new TestAuthority("two");
        current = next.Issue();
        a.Cluster.Set(a.Node);
        a.Cluster.Set(a.Node, b.Node);

        Assert.Equal("down b", await a.Recorder.NextAsync());
        Assert.Equal("up b", await a.Recorder.NextAsync());
    }

    [Theory]
    [InlineData(0, "Cluster:Certificate")]
    [InlineData(1, "Cluster:Key")]
    [InlineData(2, "Cluster:Authority")]
    public void A_file_that_holds_no_such_thing_is_named(int file, string setting)
    {
        byte[][] files = _authority.IssueFiles();
        files[file] = "nothing"u8.ToArray();

        Assert.Contains(setting, Assert.Throws<FormatException>(() => LinkCredentials.Read(files)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        byte[][] files = _authority.IssueFiles();
        files[1] = _authority.IssueFiles()[1];

        Assert.Contains("Cluster:Key", Assert.Throws<FormatException>(() => LinkCredentials.Read(files)).Message, StringComparison.Ordinal);
    }

    private static Func<LinkOptions, LinkOptions> With(LinkCredentials credentials) => o => o with { Credentials = () => credentials };

    /// <summary>Issues certificates as an operator's would.</summary>
    private sealed class TestAuthority : IDisposable
    {
        private static readonly DateTimeOffset _start = DateTimeOffset.UtcNow.AddHours(-1);
        private readonly X509Certificate2 _certificate;

        public TestAuthority(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            _certificate = Request(name, key, isAuthority: true).CreateSelfSigned(_start, _start.AddDays(2));
        }

        private TestAuthority(X509Certificate2 certificate) => _certificate = certificate;

        public TestAuthority IssueAuthority(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = Sign(Request(name, key, isAuthority: true));
            return new TestAuthority(certificate.CopyWithPrivateKey(key));
        }

        public LinkCredentials Issue(TestAuthority? root = null) => LinkCredentials.Read(IssueFiles(root));

        /// <param name="root">Whom nodes trust, if this is not it.</param>
        public byte[][] IssueFiles(TestAuthority? root = null)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = Sign(Request("node", key, isAuthority: false));
            string chain = root is null ? "" : "\n" + _certificate.ExportCertificatePem();
            return
            [
                Encoding.UTF8.GetBytes(certificate.ExportCertificatePem() + chain),
                Encoding.UTF8.GetBytes(key.ExportPkcs8PrivateKeyPem()),
                Encoding.UTF8.GetBytes((root ?? this)._certificate.ExportCertificatePem()),
            ];
        }

        public void Dispose() => _certificate.Dispose();

        private X509Certificate2 Sign(CertificateRequest request) =>
            request.Create(_certificate, _start, _start.AddDays(1), RandomNumberGenerator.GetBytes(8));

        private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
        {
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
            if (!isAuthority)
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
            return request;
        }
    }
}
