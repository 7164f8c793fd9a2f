namespace Conference.Integration.Tests.Api;

public sealed class BadRequestTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    [Theory]
    [InlineData("PUT", "users/joe", """{"password":"short"}""", 400)]
    [InlineData("PUT", "users/joe", """{"password":12345678}""", 400)]
    [InlineData("PUT", "users/joe", """{"password":"12345678","admin":true}""", 400)]
    [InlineData("PUT", "users/joe", """{"password":"12345678" """, 400)]
    [InlineData("PUT", "users/joe", """[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]""", 400)]
    [InlineData("PUT", "users/guest-7", """{"password":"12345678"}""", 400)]
    [InlineData("PUT", "users/..%2Fjoe", """{"password":"12345678"}""", 400)]
    [InlineData("PUT", "users/joe'%3Bdrop%20table%20event%3B--", """{"password":"12345678"}""", 400)]
    [InlineData("PUT", "users/joe%0D%0AQUIT", """{"password":"12345678"}""", 400)]
    [InlineData("PUT", "rooms/x", """{"maxMembers":0}""", 400)]
    [InlineData("PUT", "rooms/x", """{"maxMembers":99999999999}""", 400)]
    [InlineData("PUT", "rooms/x", """{"locked":"yes"}""", 400)]
    [InlineData("GET", "rooms?limit=0", null, 400)]
    [InlineData("GET", "rooms?limit=ten", null, 400)]
    [InlineData("GET", "calls?from=yesterday", null, 400)]
    [InlineData("GET", "calls?after=nonsense", null, 400)]
    [InlineData("GET", "nothing", null, 404)]
    [InlineData("POST", "rooms/x", "{}", 405)]
    public async Task Bad_requests_are_named_and_change_nothing(string method, string path, string? body, int expected)
    {
        using var admin = new AdminClient(fixture.Node);
        var (status, problem) = await admin.SendAsync(new HttpMethod(method), path, body);

        Assert.Equal(expected, status);
        Assert.Equal(expected, problem.GetProperty("status").GetInt32());
        Assert.Empty((await admin.GetAsync("users")).Body.GetProperty("items").EnumerateArray());
        Assert.Empty((await admin.GetAsync("rooms")).Body.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var admin = new AdminClient(fixture.Node);
        var (status, _) = await admin.PutAsync("users/joe", $$"""{"password":"{{new string('x', 20_000)}}"}""");
        Assert.Equal(413, status);
    }
}
