namespace Conference.Integration.Tests.Api;

public sealed class BadRequestTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    [Theory]
    [InlineData("PUT", "users/joe", """{"password":"short"}""", "password")]
    [InlineData("PUT", "users/joe", """{"password":12345678}""", "password")]
    [InlineData("PUT", "users/joe", """{"password":null}""", "password")]
    [InlineData("PUT", "users/joe", "{}", "password")]
    [InlineData("PUT", "users/joe", """{"password":"12345678","admin":true}""", "admin")]
    [InlineData("PUT", "users/joe", """{"Password":"12345678"}""", "Password")]
    [InlineData("PUT", "users/joe", """{"password":"12345678","password":"87654321"}""", "password")]
    [InlineData("PUT", "users/joe", """{"password":"12345678" """, null)]
    [InlineData("PUT", "users/joe", """[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]""", null)]
    [InlineData("PUT", "users/joe", null, null)]
    [InlineData("PUT", "users/guest-7", """{"password":"12345678"}""", "name")]
    [InlineData("PUT", "users/..%2Fjoe", """{"password":"12345678"}""", "name")]
    [InlineData("PUT", "users/joe'%3Bdrop%20table%20event%3B--", """{"password":"12345678"}""", "name")]
    [InlineData("PUT", "users/joe%0D%0AQUIT", """{"password":"12345678"}""", "name")]
    [InlineData("PUT", "users/joe?foo=1", """{"password":"12345678"}""", "foo")]
    [InlineData("PUT", "rooms/x", """{"maxMembers":0}""", "maxMembers")]
    [InlineData("PUT", "rooms/x", """{"maxMembers":"50"}""", "maxMembers")]
    [InlineData("PUT", "rooms/x", """{"maxMembers":50.5}""", "maxMembers")]
    [InlineData("PUT", "rooms/x", """{"maxMembers":99999999999}""", "maxMembers")]
    [InlineData("PUT", "rooms/x", """{"locked":"yes"}""", "locked")]
    [InlineData("PUT", "rooms/x", """{"locked":"true"}""", "locked")]
    [InlineData("PUT", "rooms/x", """{"locked":1}""", "locked")]
    [InlineData("PUT", "rooms/x", "null", null)]
    [InlineData("PATCH", "rooms/x", "null", null)]
    [InlineData("PATCH", "rooms/x", """{"locked":0}""", "locked")]
    [InlineData("PATCH", "rooms/x", """{"maxMembers":0}""", "maxMembers")]
    [InlineData("PATCH", "rooms/x", """{"topic":"x"}""", "topic")]
    [InlineData("PUT", "rooms/x/members/joe/mute", """{"muted":null}""", "muted")]
    [InlineData("PUT", "rooms/x/members/joe/mute", "null", null)]
    [InlineData("PUT", "rooms/x/members/-/mute", """{"muted":true}""", "member")]
    [InlineData("DELETE", "rooms/-/put-out/joe", null, "room")]
    [InlineData("DELETE", "rooms/x/put-out/-", null, "member")]
    [InlineData("DELETE", "rooms/x?force=true", null, "force")]
    [InlineData("POST", "drain", """{"deadlineSeconds":"5"}""", "deadlineSeconds")]
    [InlineData("POST", "drain", """{"deadlineSeconds":-1}""", "deadlineSeconds")]
    [InlineData("POST", "drain", """{"deadlineSeconds":86401}""", "deadlineSeconds")]
    [InlineData("POST", "drain", """{"deadlineSeconds":99999999999999999999}""", "deadlineSeconds")]
    [InlineData("POST", "drain", """{"deadlineSeconds":1.5}""", "deadlineSeconds")]
    [InlineData("POST", "drain", """{"deadline":60}""", "deadline")]
    [InlineData("POST", "drain", "[60]", null)]
    [InlineData("POST", "drain", "null", null)]
    [InlineData("PUT", "domains/acme.example", "null", null)]
    [InlineData("POST", "nodes/test/drain", """{"deadlineSeconds":"soon"}""", "deadlineSeconds")]
    [InlineData("POST", "nodes/test/drain", """{"deadlineSeconds":-1}""", "deadlineSeconds")]
    [InlineData("POST", "nodes/test/drain", """{"deadline":60}""", "deadline")]
    [InlineData("POST", "nodes/test/drain", """{"deadlineSeconds":60""", "deadlineSeconds")]
    [InlineData("GET", "rooms?limit=0", null, "limit")]
    [InlineData("GET", "rooms?limit=ten", null, "limit")]
    [InlineData("GET", "rooms?limit=%2B5", null, "limit")]
    [InlineData("GET", "rooms?limit=%205", null, "limit")]
    [InlineData("GET", "rooms?limit=", null, "limit")]
    [InlineData("GET", "rooms?limit=5&limit=6", null, "limit")]
    [InlineData("GET", "rooms?foo=1", null, "foo")]
    [InlineData("GET", "rooms?Limit=5", null, "Limit")]
    [InlineData("GET", "rooms/x?limit=5", null, "limit")]
    [InlineData("GET", "nodes?after=first", null, "after")]
    [InlineData("GET", "events?foo=1", null, "foo")]
    [InlineData("GET", "figures/rooms?order=2", null, "order")]
    [InlineData("GET", "figures/rooms?order=Members", null, "order")]
    [InlineData("GET", "figures/rooms?offset=-1", null, "offset")]
    [InlineData("GET", "calls?from=yesterday", null, "from")]
    [InlineData("GET", "calls?from=2026-11-01", null, "from")]
    [InlineData("GET", "calls?from=2026-11-01T00:00:00", null, "from")]
    [InlineData("GET", "calls?from=11/01/2026", null, "from")]
    [InlineData("GET", "calls?from=12:00", null, "from")]
    [InlineData("GET", "calls?to=2026-11-31T00:00:00Z", null, "to")]
    [InlineData("GET", "calls?to=2026-11-01T00:00:00+01:00", null, "to")]
    [InlineData("GET", "calls?to=1793491200", null, "to")]
    [InlineData("GET", "calls?room=-", null, "room")]
    [InlineData("GET", "calls?user=", null, "user")]
    [InlineData("GET", "calls?after=nonsense", null, "after")]
    [InlineData("GET", "usage?from=2026-13-01", null, "from")]
    [InlineData("GET", "usage?from=2026-11-01T00:00:00", null, "from")]
    [InlineData("GET", "usage?from=2026-11-02&to=2026-11-01", null, "from")]
    [InlineData("GET", "usage?from=2020-01-01&to=2026-11-01", null, "from")]
    [InlineData("GET", "usage?to=11/01/2026", null, "to")]
    [InlineData("GET", "usage?format=xml", null, "format")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":[]}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["read","read"]}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["admin"]}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":"read"}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"x"}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"","rights":["read"]}""", "name")]
    [InlineData("POST", "admin-tokens", """{"name":"a\nb","rights":["read"]}""", "name")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["read"],"domain":"-"}""", "domain")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["read"],"domain":"none.example"}""", "domain")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["operate"],"domain":"default"}""", "rights")]
    [InlineData("POST", "admin-tokens", """{"name":"x","rights":["read"],"until":"2030"}""", "until")]
    [InlineData("DELETE", "admin-tokens/x", null, "token")]
    public async Task What_is_not_what_it_must_be_is_named_and_changes_nothing(string method, string path, string? body, string? field)
    {
        using var admin = new AdminClient(fixture.Node);
        var (status, problem) = await admin.SendAsync(new HttpMethod(method), path, body);

        Assert.Equal((400, 400), (status, problem.GetProperty("status").GetInt32()));
        Assert.Equal(field, problem.TryGetProperty("field", out var named) ? named.GetString() : null);
        Assert.Contains(field ?? "the body must be", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty((await admin.GetAsync("users")).Body.GetProperty("items").EnumerateArray());
        Assert.Empty((await admin.GetAsync("rooms")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal("serving", (await admin.GetAsync("drain")).Body.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("calls?from=2026-11-01T00:00:00Z")]
    [InlineData("calls?from=2026-11-01t00:00:00z")]
    [InlineData("calls?from=2026-11-01T00:00:00.1234567%2B01:00&to=2026-11-01T00:00:00-00:00")]
    [InlineData("figures/rooms?order=name&find=&offset=0&limit=1000")]
    [InlineData("users?after=joe&limit=1")]
    public async Task What_is_right_is_taken(string path)
    {
        using var admin = new AdminClient(fixture.Node);
        Assert.Equal(200, (await admin.GetAsync(path)).Status);
    }

    [Theory]
    [InlineData("GET", "nothing", 404)]
    [InlineData("PATCH", "rooms/x", 404)]
    [InlineData("POST", "rooms/x", 405)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int expected)
    {
        using var admin = new AdminClient(fixture.Node);
        var (status, problem) = await admin.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}");
        Assert.Equal((expected, expected), (status, problem.GetProperty("status").GetInt32()));
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("POST", "/api/v1/rooms", "GET, HEAD")]
    [InlineData("PUT", "/api/v1/drain", "DELETE, GET, POST, HEAD")]
    [InlineData("POST", "/metrics", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    [InlineData("POST", "/health/live", "GET, HEAD")]
    [InlineData("PUT", "/api/openapi.json", "GET, HEAD")]
    [InlineData("POST", "/join/standup", "GET, HEAD")]
    [InlineData("GET", "/whip/standup", "POST")]
    [InlineData("HEAD", "/whip/standup", "POST")]
    public async Task Another_method_is_told_which_there_are(string method, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await Http().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((405, allowed), ((int)response.StatusCode, string.Join(", ", response.Content.Headers.Allow)));
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData(null, null)]
    [InlineData("application/json", "gzip")]
    public async Task A_body_that_is_not_plain_json_is_refused_with_a_sentence(string? type, string? encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/rooms/x") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        if (type is not null)
            request.Content.Headers.ContentType = new(type);
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        using var response = await Http().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(415, (int)response.StatusCode);
        Assert.Contains("\"detail\":\"the body must be", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var admin = new AdminClient(fixture.Node);
        var (status, problem) = await admin.PutAsync("users/joe", $$"""{"password":"{{new string('x', 20_000)}}"}""");
        Assert.Equal((413, "the body must be at most 16384 bytes"), (status, problem.GetProperty("detail").GetString()));
    }

    private HttpClient Http()
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{fixture.Node.HttpPort}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", AdminClient.Token);
        return http;
    }
}
