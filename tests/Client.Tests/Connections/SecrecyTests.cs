using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Net.Sockets;
using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Connections;

/// <summary>What is said where somebody may read along: a server under an address of this machine that is not loopback.</summary>
public sealed class SecrecyTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(TlsMode.Auto, "210 AUTH NOOP LIST\r\n")]
    [InlineData(TlsMode.Auto, "500 unknown command\r\n")]
    [InlineData(TlsMode.Off, null)]
    public async Task No_secret_is_sent_in_clear_text(TlsMode mode, string? features)
    {
        var heard = new TaskCompletionSource<string[]>();
        using var server = new ScriptedServer(
            async s =>
            {
                await SayAsync(s, "100 QCVC/1.0\r\n");
                if (features is not null)
                {
                    await HearAsync(s, 1);
                    await SayAsync(s, features);
                }

                heard.SetResult(await HearAsync(s, 1));
                await SayAsync(s, "200 ok\r\n");
            },
            Outside());
        await using var client = await QcvcClient.ConnectAsync(server.Address, new QcvcClientOptions { Tls = mode }, Cancel);
        var password = await Assert.ThrowsAsync<QcvcException>(() => client.AuthPlainAsync("joe", "open sesame", Cancel));
        var token = await Assert.ThrowsAsync<QcvcException>(() => client.AuthBearerAsync("a.b.c", Cancel));
        Assert.Equal("the password was not sent: without TLS anybody on the way could read it", password.Message);
        Assert.Equal("the token was not sent: without TLS anybody on the way could read it", token.Message);
        await client.NoopAsync(Cancel);
        Assert.Equal(["NOOP"], await heard.Task);
    }

    [Fact]
    public async Task Tls_is_taken_where_it_is_offered_without_being_asked_for()
    {
        var outside = Outside();
        using var server = new ScriptedServer(
            async s =>
            {
                await SayAsync(s, "100 QCVC/1.0\r\n");
                Assert.Equal(["FEAT"], await HearAsync(s, 1));
                await SayAsync(s, "210 AUTH STLS NOOP\r\n");
                Assert.Equal(["STLS"], await HearAsync(s, 1));
                await SayAsync(s, "220 ready\r\n");
                await using var tls = new SslStream(s);
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificateContext = _authority.Issue(outside.ToString()) }, Cancel);
                await HearAsync(tls, 1);
                await SayAsync(tls, "204 joe\r\n");
            },
            outside);
        await using var client = await QcvcClient.ConnectAsync(server.Address, new QcvcClientOptions { TrustedRoots = _authority.Roots }, Cancel);
        Assert.Equal("joe", await client.AuthPlainAsync("joe", "open sesame", Cancel));
    }

    [Fact]
    public async Task On_loopback_nobody_is_between()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "204 joe\r\n");
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        Assert.Equal("joe", await client.AuthPlainAsync("joe", "open sesame", Cancel));
        Assert.False(client.IsEncrypted);
    }

    [Fact]
    public async Task Refusals_do_not_repeat_the_secret()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "504 wrong name or password\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: Cancel);
        var e = await Assert.ThrowsAsync<QcvcException>(() => client.AuthPlainAsync("joe", "open sesame", Cancel));
        Assert.Equal("AUTH: 504 wrong name or password", e.Message);
        foreach (string secret in (string[])[new('x', 1500), "two\0words", ""])
        {
            string text = (await Assert.ThrowsAsync<QcvcException>(() => client.AuthPlainAsync("joe", secret, Cancel))).ToString();
            Assert.True(secret.Length == 0 || !text.Contains(secret, StringComparison.Ordinal));
        }

        foreach (string secret in (string[])[new('x', 1013), "two words", "two\r\nlines", ""])
            await Assert.ThrowsAsync<QcvcException>(() => client.AuthBearerAsync(secret, Cancel));
        Assert.DoesNotContain("sesame", SignIn.Password("joe", "open sesame").ToString(), StringComparison.Ordinal);
    }

    private static IPAddress Outside()
    {
        var outside = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(outside is null, "this machine has no address but loopback");
        return outside!;
    }
}
