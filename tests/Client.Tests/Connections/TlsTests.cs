using System.Net.Security;
using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Connections;

/// <summary>The client is on loopback here, so it is told to want TLS where it would do without; <see cref="SecrecyTests"/> has the other cases.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Stls_is_another_session_without_a_greeting()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            Assert.Equal(["STLS"], await HearAsync(s, 1));
            await SayAsync(s, "220 ready\r\n");
            await using var tls = await AcceptAsync(s, "127.0.0.1");
            await AnswerAsync(tls, "AUTH PLAIN AGpvZQBvcGVuIHNlc2FtZQ==", "204 joe");
            await AnswerAsync(tls, "AUTH BEARER a.b.c", "204 joe");
            await AnswerAsync(tls, "QUIT", "421 quit");
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Required), Cancel);
        Assert.True(client.IsEncrypted);
        Assert.Equal("joe", await client.AuthPlainAsync("joe", "open sesame", Cancel));
        Assert.Equal("joe", await client.AuthBearerAsync("a.b.c", Cancel));
        await client.QuitAsync(Cancel);
    }

    [Fact]
    public async Task Implicit_tls_begins_with_the_first_byte_and_is_greeted()
    {
        using var server = new ScriptedServer(async s =>
        {
            await using var tls = await AcceptAsync(s, "127.0.0.1");
            await SayAsync(tls, "100 QCVC/1.0\r\n");
            await AnswerAsync(tls, "NOOP", "200 ok");
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Implicit), Cancel);
        Assert.True(client.IsEncrypted);
        await client.NoopAsync(Cancel);
    }

    [Theory]
    [InlineData("127.0.0.2", 1, true, "the server's certificate is not for 127.0.0.1")]
    [InlineData("example.org", 1, true, "the server's certificate is not for 127.0.0.1")]
    [InlineData("127.0.0.1", -1, true, "the server's certificate has expired, or is not valid yet")]
    [InlineData("127.0.0.1", 1, false, "the server's certificate is not trusted: it leads to no known root")]
    public async Task A_certificate_that_proves_nothing_is_refused(string host, int days, bool isRootKnown, string why)
    {
        var heard = new TaskCompletionSource<bool>();
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "220 ready\r\n");
            try
            {
                await using var tls = await AcceptAsync(s, host, days);
                heard.SetResult((await HearAsync(tls, 1)).Length > 0);
            }
            catch (Exception)
            {
                heard.TrySetResult(false);
            }
        });
        var options = Options(TlsMode.Required) with { TrustedRoots = isRootKnown ? _authority.Roots : [] };
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, options, Cancel));
        Assert.Equal(why, e.Message);
        Assert.False(await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), Cancel));
    }

    [Fact]
    public async Task Words_behind_220_are_refused_before_any_handshake()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "220 ready\r\n204 joe\r\n");
            await HearAsync(s, 1);
        });
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Required), Cancel));
        Assert.StartsWith("TLS did not begin: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_instead_of_a_handshake_are_no_handshake()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "220 ready\r\n");
            // The client's hello is on its way: these come behind the line that was read.
            await s.ReadExactlyAsync(new byte[16]);
            await SayAsync(s, "204 joe\r\n204 joe\r\n");
            await HearAsync(s, 1);
        });
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Required), Cancel));
        Assert.StartsWith("the TLS handshake failed: ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("504 TLS not available")]
    [InlineData("500 unknown command")]
    public async Task Where_tls_must_be_a_server_without_it_is_left(string answer)
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await AnswerAsync(s, "STLS", answer);
            Assert.Empty(await HearAsync(s, 1));
        });
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Required), Cancel));
        Assert.Equal($"the server does not start TLS: {answer}", e.Message);
    }

    [Fact]
    public async Task A_handshake_that_never_ends_is_given_up_in_time()
    {
        using var server = new ScriptedServer(s => HearAsync(s, 1000));
        var options = Options(TlsMode.Implicit) with { ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        var e = await Assert.ThrowsAsync<QcvcException>(() => QcvcClient.ConnectAsync(server.Address, options, Cancel));
        Assert.Contains("no answer within 0.2 s", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_cut_off_under_tls_fails_what_waits()
    {
        using var server = new ScriptedServer(async s =>
        {
            await using var tls = await AcceptAsync(s, "127.0.0.1");
            await SayAsync(tls, "100 QCVC/1.0\r\n");
            await HearAsync(tls, 1);
            // Half a record, and no more.
            await s.WriteAsync(new byte[] { 23, 3, 3, 0, 100, 1, 2, 3 });
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, Options(TlsMode.Implicit), Cancel);
        await Assert.ThrowsAsync<QcvcException>(() => client.NoopAsync(Cancel));
        await client.Closed.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    private static async Task AnswerAsync(Stream stream, string line, string reply)
    {
        Assert.Equal([line], await HearAsync(stream, 1));
        await SayAsync(stream, reply + "\r\n");
    }

    private QcvcClientOptions Options(TlsMode mode) => new() { Tls = mode, TrustedRoots = _authority.Roots };

    private async Task<SslStream> AcceptAsync(Stream stream, string host, int days = 1)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _authority.Issue(host, days) }, Cancel);
        return tls;
    }
}
