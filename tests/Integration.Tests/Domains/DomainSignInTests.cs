using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Conference.Integration.Tests.Authentication;

namespace Conference.Integration.Tests.Domains;

/// <summary>Whose somebody is: by a token, by the name given to TLS, by the host that HTTP was asked at.</summary>
public sealed class DomainSignInTests : IAsyncLifetime
{
    private readonly Certificates _certificates = new();
    private NodeProcess _node = null!;

    public async ValueTask InitializeAsync() => _node = await NodeProcess.StartAsync(
        [.. _certificates.Settings, "Qcvc:TlsPort=0", "Qcvc:Domains=conference.test,first.test,second.test", $"Auth:JwtKey={Tokens.Secret}"]);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _certificates.Dispose();
    }

    [Fact]
    public async Task A_token_of_one_domain_opens_no_room_of_another()
    {
        string token = Tokens.Hs256("joe@first.test", ",\"rooms\":[\"standup\"]");
        await using var client = await TestClient.ConnectAsync(_node);
        await client.ExpectAsync($"AUTH BEARER {token}", "204 joe");
        await client.ExpectAsync("CONN video standup@second.test", "503 not allowed");
        await client.ExpectAsync("CONN video standup@localhost", "503 not allowed");
        await client.ExpectAsync("LIST standup@second.test", "503 not allowed");
        await client.ExpectAsync("HELO standup@second.test", "501 standup is not here");
        await client.ConnAsync("video", "standup@first.test");

        await using var other = await TestClient.ConnectAsync(_node);
        await other.ExpectAsync($"AUTH BEARER {Tokens.Hs256("joe@nobody.test")}", "504 invalid token");
        await other.ExpectAsync($"AUTH BEARER {Tokens.Hs256("joe", ",\"domain\":\"second.test\"")}", "204 joe");
        await other.ExpectAsync("GETP session domain", "310 session second.test");
    }

    [Fact]
    public async Task The_name_given_to_TLS_is_the_domain()
    {
        // TlsClient asks for first.test.
        await using var client = await TlsClient.ConnectAsync(_node);
        await client.ExpectAsync("GETP session domain", "310 session first.test");
        await client.ExpectAsync("AUTH ANONYMOUS joe", "204 joe");
        await client.ExpectAsync("HELO standup@second.test", "501 standup is not here");

        await using var clear = await TestClient.ConnectAsync(_node);
        await using var started = await TlsClient.StartTlsAsync(clear);
        await started.ExpectAsync("GETP session domain", "310 session first.test");
        await started.ExpectAsync("AUTH ANONYMOUS joe@second.test", "204 joe");
        await started.ExpectAsync("GETP session domain", "310 session second.test");
    }

    [Theory]
    [InlineData("standup", "first.test", HttpStatusCode.Forbidden)]
    [InlineData("standup@second.test", "first.test", HttpStatusCode.Forbidden)]
    [InlineData("standup@nowhere.test", "first.test", HttpStatusCode.ServiceUnavailable)]
    public async Task Whip_refuses_a_token_of_another_domain(string room, string host, HttpStatusCode status)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_node.HttpPort}/whip/{room}");
        request.Headers.Host = host;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Tokens.Hs256("joe@second.test", ",\"rooms\":[\"other\"]"));
        request.Content = new StringContent(Offer, Encoding.UTF8, "application/sdp");
        using var response = await http.SendAsync(request);
        Assert.Equal(status, response.StatusCode);
    }

    private const string Offer =
        """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        t=0 0
        a=group:BUNDLE 0
        a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
        m=audio 9 UDP/TLS/RTP/SAVPF 111
        c=IN IP4 0.0.0.0
        a=mid:0
        a=sendonly
        a=rtcp-mux
        a=ice-ufrag:abcd
        a=ice-pwd:abcdefghijklmnopqrstuvwx
        a=setup:actpass
        a=rtpmap:111 opus/48000/2

        """;
}
