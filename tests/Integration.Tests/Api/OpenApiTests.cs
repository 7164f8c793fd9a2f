using System.Text.Json;
using System.Text.RegularExpressions;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Api;

/// <summary>The API's description as a node makes it, and the page that shows it.</summary>
public sealed partial class OpenApiTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private static readonly string _kept = RepositoryRoot.File("tests", "Integration.Tests", "Api", "openapi.json");

    /// <summary>The calls there are, by the description that is kept here.</summary>
    internal static IEnumerable<(string Method, string Path)> Documented() =>
        JsonDocument.Parse(File.ReadAllText(_kept)).RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (operation.Name.ToUpperInvariant(), path.Name)));

    [Fact]
    public async Task The_document_is_the_one_that_is_kept_here()
    {
        var (status, served) = await fixture.Node.GetAsync("/api/openapi.json");
        Assert.Equal(200, status);
        if (await File.ReadAllTextAsync(_kept) == served + "\n")
            return;
        string made = Path.Combine(Directory.CreateTempSubdirectory().FullName, "openapi.json");
        await File.WriteAllTextAsync(made, served + "\n");
        Assert.Fail($"The API's description has changed. If it should have: cp {made} {_kept}");
    }

    [Fact]
    public void The_openapi_document_names_exactly_the_routes_there_are()
    {
        // What each domain has is mapped twice.
        var routes = Directory.GetFiles(RepositoryRoot.File("src", "Node", "Api"), "*.cs").Select(File.ReadAllText)
            .SelectMany(text => Route().Matches(text).SelectMany(m => (text.Contains("string suffix", StringComparison.Ordinal) ? (string[])["", "/domains/{domain}"] : [""])
                .Select(under => $"{m.Groups[1].Value.ToUpperInvariant()} {under}{m.Groups[2].Value}")));

        Assert.Equal(routes.Order(), Documented().Select(d => $"{d.Method} {d.Path}").Order());
    }

    [Fact]
    public async Task The_page_that_shows_it_comes_from_the_node_with_all_it_loads()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{fixture.Node.HttpPort}/api/docs/") };
        using var page = await http.GetAsync(new Uri("", UriKind.Relative));
        string html = await page.Content.ReadAsStringAsync();
        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        string nonce = Nonce().Match(policy).Groups[1].Value;

        Assert.Contains("\"api/openapi.json\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("connect-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        foreach (Match script in Script().Matches(html))
        {
            Assert.Contains($"nonce=\"{nonce}\"", script.Value, StringComparison.Ordinal);
            if (Source().Match(script.Value) is { Success: true } source)
                Assert.True((await http.GetAsync(new Uri(source.Groups[1].Value, UriKind.Relative))).IsSuccessStatusCode, source.Value);
        }

        using var again = await http.GetAsync(new Uri("", UriKind.Relative));
        Assert.DoesNotContain(nonce, Assert.Single(again.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [GeneratedRegex("""api\.Map(Get|Put|Post|Patch|Delete)\("([^"]+)""")]
    private static partial Regex Route();

    [GeneratedRegex("'nonce-([^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();

    [GeneratedRegex("src=\"([^\"]+)\"")]
    private static partial Regex Source();
}
