using System.Text.Json;
using System.Text.RegularExpressions;
using Conference.Integration.Tests.Calls;

namespace Conference.Integration.Tests.Operations;

/// <summary>What a node says when it starts, and when it does not.</summary>
public sealed partial class StartTests : IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("conference-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(2, "--Qcvv:Port 1", "--Qcvv:Port is not a setting")]
    [InlineData(2, "foo", "foo is not an argument")]
    [InlineData(2, "--port", "--port is not a setting")]
    [InlineData(2, "--Qcvc:Port", "--Qcvc:Port has no value")]
    [InlineData(0, "--version", "0.")]
    [InlineData(0, "--help", "Conference 0.")]
    public async Task An_argument_that_is_none_starts_nothing_and_makes_no_file(int code, string arguments, string says)
    {
        var (exitCode, output, error) = await RunAsync(arguments.Split(' '));

        Assert.Equal(code, exitCode);
        Assert.StartsWith(says, code == 0 ? output : error, StringComparison.Ordinal);
        if (code != 0)
            Assert.Single(error.TrimEnd('\n').Split('\n'));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_port_in_use_names_its_setting_before_a_store_is_made()
    {
        await using var first = await NodeProcess.StartAsync();

        foreach (string setting in (string[])["Qcvc:Port", "Http:Port"])
        {
            string other = setting == "Qcvc:Port" ? "Http:Port" : "Qcvc:Port";
            var (exitCode, output, error) = await RunAsync($"--{setting}", $"{first.HttpPort}", $"--{other}", "0");

            Assert.Equal((1, ""), (exitCode, output));
            Assert.Equal($"{setting} {first.HttpPort}: address already in use; stop the other process, or give this one another --{setting}\n", error);
            Assert.Empty(Directory.GetFileSystemEntries(_folder));
        }
    }

    [Fact]
    public async Task Collected_it_is_one_event_without_the_token()
    {
        await using var node = await NodeProcess.StartAsync("Store:Path=kept/here.db");

        string line = Assert.Single(node.Output.Split('\n'), l => l.Contains("Conference is ready", StringComparison.Ordinal));
        var state = JsonDocument.Parse(line).RootElement.GetProperty("State");
        Assert.Equal($"127.0.0.1:{node.Port}", state.GetProperty("Qcvc").GetString());
        Assert.Equal($"http://127.0.0.1:{node.HttpPort}/", state.GetProperty("Console").GetString());
        Assert.EndsWith("/kept/here.db", state.GetProperty("Store").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(AdminClient.Token, node.Output, StringComparison.Ordinal);
        Assert.All(node.Output.Split('\n'), l => Assert.StartsWith("{", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_a_terminal_it_is_a_few_lines_with_the_token_and_where_the_data_lies()
    {
        await using var terminal = await Terminal.StartAsync(
            140, 40, $"cd {_folder} && dotnet {RepositoryPaths.Node} --Qcvc:Port 0 --Http:Port 0 --Web:Port 0 --Qcvc:Address 127.0.0.1 --Logging:LogLevel:Default Warning");

        string text = string.Join('\n', await terminal.WaitAsync("Ctrl+C stops it."));

        Assert.Matches(@"join     \./qcvc call standup@127\.0\.0\.1:\d+ --name joe", text);
        Assert.Contains($"data     {_folder}/data/conference.db", text, StringComparison.Ordinal);
        var link = ConsoleLine().Match(text);
        using var client = new HttpClient { DefaultRequestHeaders = { { "Authorization", $"Bearer {link.Groups["token"].Value}" } } };
        Assert.True((await client.GetAsync(new Uri($"{link.Groups["console"].Value}api/v1/rooms"))).IsSuccessStatusCode, text);
        await terminal.PressAsync("C-c");
        await terminal.WaitAsync("exit code 0");
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        QcvcProcess.RunProgramAsync(_limit, "env", ["-C", _folder, "dotnet", RepositoryPaths.Node, .. arguments]);

    [GeneratedRegex(@"console  (?<console>http://\S+/)#token=(?<token>\w+)")]
    private static partial Regex ConsoleLine();
}
