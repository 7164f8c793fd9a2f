using System.Globalization;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Calls;

/// <summary>The ways to have <c>qcvc</c> that the docs tell.</summary>
public sealed class InstalledClientTests(NodeFixture fixture) : IClassFixture<NodeFixture>, IDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("qcvc-installed-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Out_of_a_clone_it_is_a_script_at_the_root()
    {
        await using var alice = await TestClient.ConnectAsync(fixture.Node);
        await alice.ExpectAsync("AUTH ANONYMOUS alice-cloned", "204 alice-cloned");
        await alice.ConnAsync("audio", "cloned@127.0.0.1");
        string room = string.Create(CultureInfo.InvariantCulture, $"cloned@127.0.0.1:{fixture.Node.Port}");

        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(_limit, "env", "-C", _folder, RepositoryRoot.File("qcvc"), "list", room);

        Assert.True(exitCode == 0, error);
        Assert.Equal("alice-cloned audio\n", output);
    }

    [Fact]
    public async Task It_packs_as_a_tool_that_can_be_installed()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="here" value="{_folder}" /></packageSources></configuration>""");
        await DotnetAsync("pack", RepositoryRoot.File("src", "Client"), "-c", "Release", "--no-build", "-v", "quiet", "-nologo", "-o", _folder);
        await DotnetAsync("tool", "install", "--tool-path", Path.Combine(_folder, "tools"), "--configfile", Path.Combine(_folder, "nuget.config"), "qcvc");

        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(_limit, Path.Combine(_folder, "tools", "qcvc"), "--help");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Talk to a QCVC server", output, StringComparison.Ordinal);
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await QcvcProcess.RunProgramAsync(_limit, "dotnet", arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{output}\n{error}");
    }
}
