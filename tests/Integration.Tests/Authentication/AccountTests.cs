using System.Net;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Authentication;

/// <summary>Accounts made over HTTP, used over QCVC.</summary>
public sealed class AccountTests(AccountNode fixture) : IClassFixture<AccountNode>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task An_account_signs_in_by_its_password_from_several_places()
    {
        await fixture.SetPasswordAsync("ann", "correct horse");
        await using var first = await TestClient.ConnectAsync(Node, "127.0.5.1");
        await using var second = await TestClient.ConnectAsync(Node, "127.0.5.2");
        await first.ExpectAsync(Plain("ann", "battery staple"), "504 wrong name or password");
        await first.ExpectAsync(Plain("ann", "correct horse"), "204 ann");
        await second.ExpectAsync(Plain("Ann@127.0.0.1", "correct horse"), "204 ann");

        await first.ExpectAsync("STAT ann@127.0.0.1 away", "202 away");
        await second.ExpectAsync("STAT ann@127.0.0.1", "202 away");
        Assert.DoesNotContain("horse", Node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_of_an_account_is_nobody_elses()
    {
        await using var impostor = await TestClient.ConnectAsync(Node, "127.0.5.3");
        await impostor.ExpectAsync("AUTH ANONYMOUS bea", "204 bea");
        await fixture.SetPasswordAsync("bea", "correct horse");
        Assert.Equal("421 name taken", await impostor.ReadAsync());

        await using var next = await TestClient.ConnectAsync(Node, "127.0.5.3");
        await next.ExpectAsync("AUTH ANONYMOUS bea", "504 name in use");
        await next.ExpectAsync(Plain("bea", "correct horse"), "204 bea");
    }

    [Fact]
    public async Task A_changed_password_is_the_only_one()
    {
        await fixture.SetPasswordAsync("cid", "the first one");
        await fixture.SetPasswordAsync("cid", "the second one");
        await using var client = await TestClient.ConnectAsync(Node, "127.0.5.4");
        await client.ExpectAsync(Plain("cid", "the first one"), "504 wrong name or password");
        await client.ExpectAsync(Plain("cid", "the second one"), "204 cid");
    }

    [Fact]
    public async Task From_elsewhere_a_password_is_taken_over_tls_only()
    {
        await fixture.SetPasswordAsync("dan", "correct horse");
        var outside = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(outside is null, "this machine has no address but loopback");
        await using var clear = await TestClient.ConnectAsync(Node, outside!.ToString());
        await clear.ExpectAsync(Plain("dan", "correct horse"), "504 start TLS first");
        await using var client = await TlsClient.StartTlsAsync(clear);
        await client.ExpectAsync(Plain("dan", "correct horse"), "204 dan");
    }

    [Fact]
    public async Task Somebody_failing_in_its_name_does_not_keep_the_owner_out()
    {
        await fixture.SetPasswordAsync("eve", "correct horse");
        await using var attacker = await TestClient.ConnectAsync(Node, "127.0.5.5");
        string reply = "";
        for (int i = 0; i < 30 && reply != "504 try again later"; i++)
            reply = await attacker.AskAsync(Plain("eve", $"guess number {i}"));
        Assert.Equal("504 try again later", reply);
        await attacker.ExpectAsync(Plain("eve", "correct horse"), "504 try again later");

        await using var owner = await TestClient.ConnectAsync(Node, "127.0.5.6");
        // At most a second behind the last guess.
        await Eventually.EqualAsync("204 eve", () => owner.AskAsync(Plain("eve", "correct horse")));
    }

    private static string Plain(string user, string password) =>
        $"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"))}";
}

/// <summary>A node with a certificate, on which accounts can be made.</summary>
public sealed class AccountNode : IAsyncLifetime
{
    private const string AdminToken = "a token for the tests";

    private readonly Certificates _certificates = new();
    private readonly HttpClient _http = new();

    public NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await NodeProcess.StartAsync([.. _certificates.Settings, $"Http:AdminToken={AdminToken}"]);
        _http.DefaultRequestHeaders.Authorization = new("Bearer", AdminToken);
    }

    public async Task SetPasswordAsync(string user, string password)
    {
        using var response = await _http.PutAsJsonAsync(new Uri($"http://127.0.0.1:{Node.HttpPort}/api/v1/users/{user}"), new { password });
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Node.DisposeAsync();
        _certificates.Dispose();
    }
}
