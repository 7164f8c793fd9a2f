using System.Text.RegularExpressions;
using Conference.Integration.Tests.Calls;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Domains;

/// <summary>docs/hosting.md, as its reader runs it.</summary>
public sealed partial class HostingPageTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    [Fact]
    public async Task A_customer_comes_in_calls_is_billed_and_goes()
    {
        string page = await File.ReadAllTextAsync(RepositoryRoot.File("docs", "hosting.md"), TestContext.Current.CancellationToken);
        var blocks = ShellBlock().Matches(page);
        string functions = blocks[0].Groups[1].Value[..(blocks[0].Groups[1].Value.IndexOf('\n', StringComparison.Ordinal) + 1)];
        string comesIn = await RunAsync(blocks[0].Groups[1].Value);
        Assert.Contains("\"secret\":\"conference-", comesIn, StringComparison.Ordinal);
        Assert.Contains("day,member_minutes,", comesIn, StringComparison.Ordinal);

        await using (var joe = await TestClient.ConnectAsync(fixture.Node))
        {
            await joe.ExpectAsync("CONN audio standup@acme.example", "503 authentication required");
            await joe.ExpectAsync($"AUTH PLAIN {Convert.ToBase64String("\0joe@acme.example\0open sesame"u8)}", "204 joe");
            await joe.ConnAsync("audio", "standup@acme.example");
        }

        using var admin = new AdminClient(fixture.Node);
        await Eventually.EqualAsync(1, async () => (await admin.GetAsync("domains/acme.example/usage")).Body.GetProperty("joins").GetInt32());
        Assert.Equal(0, (await admin.GetAsync("usage")).Body.GetProperty("joins").GetInt32());

        await RunAsync(functions + blocks[^1].Groups[1].Value);
        Assert.Equal(404, (await admin.GetAsync("domains/acme.example/users")).Status);
        Assert.Equal(1, (await admin.GetAsync("domains/acme.example/usage")).Body.GetProperty("joins").GetInt32());
    }

    private async Task<string> RunAsync(string script)
    {
        string variables = $"set -e\nTOKEN={AdminClient.Token}\nAPI=http://127.0.0.1:{fixture.Node.HttpPort}/api/v1\n";
        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(TimeSpan.FromSeconds(60), "bash", "-c", variables + script);
        Assert.True(exitCode == 0, $"{output}\n{error}");
        return output;
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
