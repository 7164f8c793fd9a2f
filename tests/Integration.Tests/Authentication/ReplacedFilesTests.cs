using System.Security.Cryptography;
using Conference.Node.Tests.SignIn.Tokens;

namespace Conference.Integration.Tests.Authentication;

/// <summary>Certificates and keys that change while a node runs, and settings that are wrong.</summary>
public sealed class ReplacedFilesTests : IDisposable
{
    private readonly Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_new_certificate_is_shown_to_new_clients_and_a_bad_one_is_not()
    {
        await using var node = await NodeProcess.StartAsync([.. _certificates.Settings, "Qcvc:TlsPort=0"]);
        await using var early = await TlsClient.ConnectAsync(node);
        Assert.Equal(_certificates.Issued, early.Thumbprint);

        _certificates.Replace();
        await Eventually.EqualAsync(_certificates.Issued, () => ShownAsync(node));
        await early.ExpectAsync("NOOP", "200 ok");

        _certificates.BreakKey();
        await Eventually.EqualAsync(true, () => node.Output.Contains("cannot be used", StringComparison.Ordinal));
        Assert.Equal(_certificates.Issued, await ShownAsync(node));
    }

    [Fact]
    public async Task A_new_issuers_key_is_taken_up_and_the_old_one_is_no_longer()
    {
        string path = Path.Combine(Path.GetDirectoryName(_certificates.KeyPath)!, "issuer.pem");
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = RSA.Create(2048);
        await File.WriteAllTextAsync(path, first.ExportSubjectPublicKeyInfoPem());
        await using var node = await NodeProcess.StartAsync($"Auth:JwtKey={path}");
        string old = Tokens.Es256("joe", first);
        Assert.Equal("204 joe", await SignInAsync(node, old, "127.0.3.1"));

        await File.WriteAllTextAsync(path, second.ExportSubjectPublicKeyInfoPem());
        await Eventually.EqualAsync(true, () => node.Output.Contains("was read again", StringComparison.Ordinal));
        Assert.Equal("504 invalid token", await SignInAsync(node, old, "127.0.3.2"));
        Assert.Equal("204 joe", await SignInAsync(node, Tokens.Rs256("joe", second), "127.0.3.3"));
    }

    [Fact]
    public async Task A_bad_key_of_an_issuers_set_is_logged_and_the_others_count()
    {
        string path = Path.Combine(Path.GetDirectoryName(_certificates.KeyPath)!, "issuer.json");
        using var small = RSA.Create(1024);
        using var good = RSA.Create(2048);
        await File.WriteAllTextAsync(path, TestTokens.Jwks(("s", small), ("g", good)));
        await using var node = await NodeProcess.StartAsync($"Auth:JwtKey={path}");
        Assert.Contains("A key of Auth:JwtKey is left out: number 2 of the set", node.Output, StringComparison.Ordinal);
        Assert.Equal("204 joe", await SignInAsync(node, Tokens.Rs256("joe", good), "127.0.3.4"));
    }

    [Fact]
    public async Task Wrong_settings_are_named_and_no_secret_is_told()
    {
        _certificates.BreakKey();
        var (exitCode, output) = await NodeProcess.RunAsync(
            [.. _certificates.Settings, "Auth:JwtKey=hunter2hunter2"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Tls:Key holds no PEM private key of that certificate", output, StringComparison.Ordinal);
        Assert.Contains("Auth:JwtKey must be a secret of at least 32 bytes", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);

        (exitCode, output) = await NodeProcess.RunAsync("Qcvc:TlsPort=5000", "Auth:JwtKey=/nowhere/key.pem");
        Assert.Equal(2, exitCode);
        Assert.Contains("Tls:Certificate must be set for Qcvc:TlsPort", output, StringComparison.Ordinal);
        Assert.Contains("Auth:JwtKey must be", output, StringComparison.Ordinal);

        (exitCode, output) = await NodeProcess.RunAsync("Auth:Authority=http://id.example.org");
        Assert.Equal(2, exitCode);
        Assert.Contains("Auth:Authority must be the URL of an issuer", output, StringComparison.Ordinal);

        (exitCode, output) = await NodeProcess.RunAsync("Tls:Certificate=/nowhere/tls.crt");
        Assert.Equal(2, exitCode);
        Assert.Contains("Tls:Key must be set too", output, StringComparison.Ordinal);
    }

    private static async Task<string> ShownAsync(NodeProcess node)
    {
        await using var client = await TlsClient.ConnectAsync(node);
        return client.Thumbprint;
    }

    private static async Task<string> SignInAsync(NodeProcess node, string token, string from)
    {
        await using var client = await TestClient.ConnectAsync(node, from);
        return await client.AskAsync($"AUTH BEARER {token}");
    }
}
