using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Conference.Deploy.Tests.Support;

/// <summary>A Prometheus of its own, in a temporary folder, on a free port of loopback, that scrapes every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _http;

    private PrometheusServer(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    /// <summary>Starts one with rules and nodes to scrape (<c>127.0.0.1:8080</c>), and waits until it has scraped each of them.</summary>
    public static async Task<PrometheusServer> StartAsync(IEnumerable<string> ruleFiles, IReadOnlyCollection<string> nodes)
    {
        var folder = Directory.CreateTempSubdirectory("conference-prometheus-");
        string config = Path.Join(folder.FullName, "prometheus.yaml");
        await File.WriteAllTextAsync(config, $"""
            global:
              scrape_interval: 1s
              evaluation_interval: 1s
            rule_files: [{string.Join(", ", ruleFiles.Select(f => $"'{f}'"))}]
            scrape_configs:
              - job_name: conference
                static_configs:
                  - targets: [{string.Join(", ", nodes.Select(n => $"'{n}'"))}]
            """);
        int port = FreePort();
        var start = new ProcessStartInfo("prometheus",
            [$"--config.file={config}", $"--storage.tsdb.path={folder.FullName}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new PrometheusServer(Start(start), folder, port);
        try
        {
            await server.UntilAsync($"count(up{{job=\"conference\"}} == 1) == {nodes.Count}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a query has an answer.</summary>
    public async Task UntilAsync(string query)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if ((await QueryAsync(query)).Values.Count > 0)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not up yet.
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < _limit, $"never: {query}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <returns>The finite values, or what is wrong with the query.</returns>
    public async Task<(IReadOnlyList<double> Values, string? Error)> QueryAsync(string query)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("query", query)]);
        using var response = await _http.PostAsync(new Uri("api/v1/query", UriKind.Relative), form);
        // Starting. A wrong query is 400, and has an answer.
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        if (answer.Text("status") != "success")
            return ([], answer.Text("error"));
        return ([.. answer.Each("data/result").Select(r => double.Parse(r.Text("value/1"), CultureInfo.InvariantCulture)).Where(double.IsFinite)], null);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            var process = Process.Start(start)!;
            // Read, so that it never waits for a reader.
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception)
        {
            Assert.Fail("prometheus is needed for this test (see ./test)");
            throw;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
