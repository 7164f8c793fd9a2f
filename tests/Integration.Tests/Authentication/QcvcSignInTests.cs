using System.Globalization;
using Conference.Integration.Tests.Calls;

namespace Conference.Integration.Tests.Authentication;

/// <summary>The command signs in to a real node that lets no guests in.</summary>
public sealed class QcvcSignInTests(QcvcSignInNode fixture) : IClassFixture<QcvcSignInNode>
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task Stat_and_chat_sign_in_by_a_password_over_stls()
    {
        string[] asJoe = ["--name", "joe", "--password-file", fixture.Write("password", "open sesame\n"), "--tls", "required", "--ca", fixture.Certificate];
        // Hidden from everybody but himself, so only a signed-in joe can tell.
        await using (var other = await TestClient.ConnectAsync(Node))
        {
            await other.ExpectAsync($"AUTH BEARER {Tokens.Hs256("joe")}", "204 joe");
            await other.ExpectAsync("STAT joe@127.0.0.1 hidden", "202 hidden");
            Assert.Equal("hidden", (await QcvcProcess.RunAsync(_limit, ["stat", Target("joe"), .. asJoe])).Trim());

            await other.ConnAsync("audio", "standup@127.0.0.1");
            await QcvcProcess.RunAsync(_limit, ["chat", Target("standup"), "--send", "Hello over TLS", .. asJoe]);
            Assert.Equal("203 chat Hello over TLS", await other.ReadAsync());
        }

        Assert.True(await Node.MetricAsync("conference_tls_handshakes_total", "outcome=\"ok\"") >= 2);
        Assert.Equal(2, await Node.MetricAsync("conference_signins_total", "mechanism=\"plain\",outcome=\"ok\""));
        Assert.DoesNotContain("sesame", Node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_signs_in_on_the_tls_port()
    {
        string token = fixture.Write("token", Tokens.Hs256("ann"));
        string target = string.Create(CultureInfo.InvariantCulture, $"ann@localhost:{Node.TlsPort}");
        Assert.Equal("online", (await QcvcProcess.RunAsync(
            _limit, "stat", target, "--tls", "implicit", "--token-file", token, "--ca", fixture.Certificate)).Trim());
    }

    [Fact]
    public async Task What_is_wrong_is_one_sentence_and_an_exit_code()
    {
        await RefusedAsync(1, "qcvc: the server's certificate is not trusted: it leads to no known root", "--tls", "required");
        await RefusedAsync(1, "qcvc: no account has this name and this password (504 wrong name or password)", "--name", "joe", "--password-file", fixture.Write("guess", "a guess"));
        await RefusedAsync(2, "qcvc: a password wants a --name", "--password-file", fixture.Write("guess", "a guess"));
    }

    private async Task RefusedAsync(int code, string why, params string[] arguments)
    {
        var (exitCode, _, error) = await QcvcProcess.TryRunAsync(_limit, ["stat", Target("joe"), .. arguments]);
        Assert.Equal((code, why), (exitCode, error.Trim()));
    }

    private string Target(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}@127.0.0.1:{Node.Port}");
}

/// <summary>A node with a certificate for this machine, a port for TLS, an account, and no guests.</summary>
public sealed class QcvcSignInNode : IAsyncLifetime
{
    private readonly Certificates _certificates = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("conference-test-").FullName;

    public NodeProcess Node { get; private set; } = null!;

    public string Certificate => _certificates.CertificatePath;

    public async ValueTask InitializeAsync()
    {
        Node = await NodeProcess.StartAsync(
            [
                .. _certificates.Settings, "Qcvc:TlsPort=0", "Auth:Mode=required", $"Auth:JwtKey={Tokens.Secret}", $"Http:AdminToken={AdminClient.Token}",
            ]);
        using var admin = new AdminClient(Node);
        Assert.InRange((await admin.PutAsync("users/joe", """{"password":"open sesame"}""")).Status, 200, 299);
    }

    public string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
