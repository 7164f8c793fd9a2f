using System.Globalization;
using System.Net.Sockets;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Calls;

/// <summary>The client that docs/first-day/client-author.md shows, as its reader runs it.</summary>
public sealed class ExampleClientTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(120);

    private static string Source => RepositoryRoot.File("examples", "client.cs");

    [Fact]
    public async Task It_is_what_the_page_shows() => Assert.Contains(
        $"```csharp\n{await File.ReadAllTextAsync(Source, TestContext.Current.CancellationToken)}```",
        await File.ReadAllTextAsync(RepositoryRoot.File("docs", "first-day", "client-author.md"), TestContext.Current.CancellationToken),
        StringComparison.Ordinal);

    [Fact]
    public async Task It_hears_what_others_say_and_is_heard()
    {
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        using var media = await joe.ConnAsync("audio", "example@127.0.0.1");
        var running = QcvcProcess.RunProgramAsync(
            _limit, "dotnet", "run", Source, "--", "127.0.0.1", fixture.Node.Port.ToString(CultureInfo.InvariantCulture), "example", "alice");
        while (await Task.WhenAny(running, Task.Delay(200)) != running)
            media.Send("joe says hello"u8);
        var (exitCode, output, error) = await running;

        Assert.True(exitCode == 0, $"{output}\n{error}");
        Assert.Contains("joe says hello", output, StringComparison.Ordinal);
        Assert.Equal("alice says 1", await media.HearAsync());
    }
}
