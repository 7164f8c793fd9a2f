using System.Diagnostics;
using System.Net;

namespace Conference.Integration.Tests.Operations;

/// <summary>What goes wrong without a crash is noticed and told, and does no more harm than it must.</summary>
public sealed class HalfKnownFailureTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("conference-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_hangup_is_a_clean_stop()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var client = await TestClient.ConnectAsync(node);

        node.HangUp();

        Assert.Equal("421 shutting down", await client.ReadAsync());
        Assert.Equal(0, await node.ExitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_hangup_is_nothing_to_a_node_that_was_started_by_nohup()
    {
        await using var node = await NodeProcess.StartAsync(In(_folder, "trap '' HUP && exec \"$@\""));
        await using var client = await TestClient.ConnectAsync(node);
        node.HangUp();
        await client.ExpectAsync("NOOP", "200 ok");

        Assert.Equal(0, await node.TerminateAsync());
        Assert.Equal("421 shutting down", await client.ReadAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/console/app.css")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/api/openapi.json")]
    [InlineData("/api/docs")]
    [InlineData("/api/v1/rooms")]
    [InlineData("/api/v1/rooms/nobody-is-here")]
    [InlineData("/api/v1/events")]
    [InlineData("/nothing")]
    public async Task Head_is_answered_as_get_is_without_a_body(string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{fixture.Node.HttpPort}") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", AdminClient.Token);
        using var get = await http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));
        using var head = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.NotEqual(HttpStatusCode.MethodNotAllowed, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("{ \"Qcvc\": { \"Port\": 0, }", "it is no JSON, see line 1")]
    [InlineData("{\n\n  Qcvc", "it is no JSON, see line 3")]
    [InlineData("", "it is no JSON, see line 1")]
    [InlineData("[1]", "appsettings.json")]
    [InlineData("{\"Qcvc:Port\": 0, \"Qcvc\": {\"Port\": 1}}", "duplicate key")]
    [InlineData("{\"Logging\": {\"LogLevel\": {\"Default\": \"Loud\"}}}", "Logging:LogLevel must be Trace, Debug,")]
    [InlineData("{\"Logging\": {\"Level\": \"Debug\"}}", "Logging:Level is not a setting")]
    public async Task A_broken_file_of_settings_stops_the_start_with_a_sentence(string content, string told)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "appsettings.json"), content, TestContext.Current.CancellationToken);
        var (exitCode, output) = await NodeProcess.RunAsync(In(_folder, "exec \"$@\""), "Qcvc:Port=0", "Http:Port=0");

        Assert.Equal(2, exitCode);
        Assert.StartsWith("wrong settings:\n", output, StringComparison.Ordinal);
        Assert.Contains(told, output, StringComparison.Ordinal);
        Assert.Equal(2, output.Trim().Split('\n').Length);
    }

    [Fact]
    public async Task A_folder_where_the_file_of_settings_belongs_stops_the_start()
    {
        _folder.CreateSubdirectory("appsettings.json");
        var (exitCode, output) = await NodeProcess.RunAsync(In(_folder, "exec \"$@\""), "Qcvc:Port=0", "Http:Port=0");

        Assert.Equal(2, exitCode);
        Assert.Contains("appsettings.json is a folder and not a file", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Information")]
    [InlineData("Debug")]
    public async Task A_reader_of_the_log_that_stops_reading_stops_nobody_else(string level)
    {
        // Standard output is a pipe that nobody reads, once the node has said where it is.
        string pipe = Path.Combine(_folder.FullName, "log");
        using (var make = Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        var ports = FreePorts.Take(3);
        await using var node = NodeProcess.Begin(
            In(_folder, "exec \"$@\" > log"), $"Qcvc:Port={ports.First}", $"Http:Port={ports.First + 1}", $"Logging:LogLevel:Default={level}", "Limits:SessionSend=off");
        using (var log = new StreamReader(pipe))
        {
            while (await log.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("Conference is ready", StringComparison.Ordinal))
            {
            }

            node.IsAt(ports.First, ports.First + 1);
            await using var client = await TestClient.ConnectAsync(node);
            for (int i = 0; i < 100; i++)
            {
                await client.SendAsync(string.Concat(Enumerable.Range(0, 100).Select(_ => "HELO joe@127.0.0.1\r\n")));
                for (int answered = 0; answered < 100; answered++)
                    Assert.Equal("201 joe is here", await client.ReadAsync());
            }

            Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
            Assert.Equal(level == "Debug", await node.MetricAsync("conference_log_lines_dropped_total") > 0);
            await client.ExpectAsync("NOOP", "200 ok");
            Assert.Equal(0, await node.TerminateAsync());
        }
    }

    [Fact]
    public async Task A_store_that_is_a_folder_is_told_so()
    {
        var (exitCode, output) = await NodeProcess.RunAsync("Store:Path=/", "Qcvc:Port=0", "Http:Port=0");
        Assert.Equal(1, exitCode);
        Assert.EndsWith("the store / is a folder: Store:Path must name a file in it", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_is_not_told_to_be_in_use()
    {
        // The lock of a store with such a name would have one that no file may have.
        string store = Path.Combine(_folder.FullName, new string('s', 252));
        var (exitCode, output) = await NodeProcess.RunAsync($"Store:Path={store}", "Qcvc:Port=0", "Http:Port=0");

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("another process", output, StringComparison.Ordinal);
        Assert.Contains("cannot be written", output, StringComparison.Ordinal);
    }

    /// <summary>Runs it in that folder.</summary>
    private static NodeLaunch In(DirectoryInfo folder, string how) => new()
    {
        Command = ["sh", "-c", $"cd '{folder.FullName}' && {how}", "sh", "dotnet", RepositoryPaths.Node],
        Limit = TimeSpan.FromSeconds(60),
    };
}
