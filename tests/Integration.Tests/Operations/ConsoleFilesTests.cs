using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Operations;

/// <summary>The console's files, as they lie in the repository and as a node serves them.</summary>
public sealed partial class ConsoleFilesTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private const int MostBytes = 300 * 1024;

    private static readonly string _folder = RepositoryRoot.File("src", "Node", "Console", "wwwroot");

    private static IEnumerable<string> Names => Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Every_file_is_served_as_it_is_with_headers_that_let_nothing_else_in()
    {
        using var http = Client(DecompressionMethods.None);
        foreach (string name in Names)
        {
            using var response = await http.GetAsync(Address(name));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_folder, name)), await response.Content.ReadAsByteArrayAsync());
            string policy = Header(response, "Content-Security-Policy");
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Header(response, "X-Content-Type-Options"));
            Assert.Equal("no-referrer", Header(response, "Referrer-Policy"));
            Assert.Equal("no-cache", Header(response, "Cache-Control"));
            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task What_a_browser_has_already_is_not_sent_again()
    {
        using var http = Client(DecompressionMethods.None);
        using var first = await http.GetAsync(Address("app.js"));
        using var again = new HttpRequestMessage(HttpMethod.Get, Address("app.js"));
        again.Headers.TryAddWithoutValidation("If-None-Match", Header(first, "ETag"));
        using var second = await http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task The_whole_page_is_small_and_compressed_it_is_the_same()
    {
        using var http = Client(DecompressionMethods.None);
        long plain = 0, brotli = 0;
        foreach (string name in Names)
        {
            byte[] content = await File.ReadAllBytesAsync(Path.Combine(_folder, name));
            plain += content.Length;
            foreach (string encoding in new[] { "br", "gzip" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Address(name));
                request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
                using var response = await http.SendAsync(request);
                byte[] sent = await response.Content.ReadAsByteArrayAsync();
                brotli += encoding == "br" ? sent.Length : 0;
                Assert.Equal(encoding, Assert.Single(response.Content.Headers.ContentEncoding));
                await using Stream decompressed = encoding == "br"
                    ? new BrotliStream(new MemoryStream(sent), CompressionMode.Decompress)
                    : new GZipStream(new MemoryStream(sent), CompressionMode.Decompress);
                using var copy = new MemoryStream();
                await decompressed.CopyToAsync(copy);
                Assert.Equal(content, copy.ToArray());
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Names.Count()} files: {plain} bytes, {brotli} as sent");
        Assert.True(plain < MostBytes, $"{plain} bytes");
        Assert.True(brotli < MostBytes / 6, $"{brotli} bytes compressed");
    }

    [Theory]
    [InlineData("/console/")]
    [InlineData("/console/nothing.js")]
    [InlineData("/console/../appsettings.json")]
    [InlineData("/console/..%2fappsettings.json")]
    [InlineData("/console/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/console//etc/passwd")]
    public async Task What_is_no_file_of_the_console_is_not_there(string path)
    {
        using var http = Client(DecompressionMethods.None);
        using var response = await http.GetAsync(new Uri($"http://127.0.0.1:{fixture.Node.HttpPort}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public void Nothing_makes_markup_of_text_and_nothing_is_fetched_from_elsewhere()
    {
        foreach (string name in Names)
        {
            string source = File.ReadAllText(Path.Combine(_folder, name));
            Assert.DoesNotMatch(Markup(), source);
            foreach (Match url in Url().Matches(source))
                Assert.Equal("http://www.w3.org/2000/svg", url.Value);
        }

        string page = File.ReadAllText(Path.Combine(_folder, "index.html"));
        Assert.DoesNotMatch(Inline(), page);
        // A module that is not named here is loaded all the same, but one round trip later.
        Assert.Equal(
            Names.Where(n => n.EndsWith(".js", StringComparison.Ordinal)),
            Script().Matches(page).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    private Uri Address(string name) => new($"http://127.0.0.1:{fixture.Node.HttpPort}/{(name == "index.html" ? "" : "console/" + name)}");

    private static HttpClient Client(DecompressionMethods methods) => new(new SocketsHttpHandler { AutomaticDecompression = methods });

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    [GeneratedRegex("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(|new Function|DOMParser|createContextualFragment|javascript:")]
    private static partial Regex Markup();

    [GeneratedRegex("https?://[^'\"\\s)]*")]
    private static partial Regex Url();

    [GeneratedRegex("<style|<script(?![^>]* src=)| style=| on\\w+=")]
    private static partial Regex Inline();

    [GeneratedRegex("(?:src|href)=\"/console/([a-z]+\\.js)\"")]
    private static partial Regex Script();
}
