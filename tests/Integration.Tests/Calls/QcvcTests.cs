using System.Globalization;
using System.Text.Json;

namespace Conference.Integration.Tests.Calls;

/// <summary>The command's other verbs against a real node.</summary>
public sealed class QcvcTests(NodeFixture fixture) : IClassFixture<NodeFixture>
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private string Target(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}@127.0.0.1:{fixture.Node.Port}");

    [Fact]
    public async Task Stat_says_the_status_and_its_exit_code_whether_there_is_one()
    {
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync("AUTH ANONYMOUS stat-joe", "204 stat-joe");
        await joe.ExpectAsync("STAT stat-joe@127.0.0.1 away", "202 away");

        Assert.Equal("away", (await QcvcProcess.RunAsync(_limit, "stat", Target("stat-joe"))).Trim());
        var (exitCode, output, _) = await QcvcProcess.TryRunAsync(_limit, "stat", Target("stat-nobody"));
        Assert.Equal(1, exitCode);
        Assert.Contains("not available", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_sends_a_line_to_the_room()
    {
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ConnAsync("audio", "chatting@127.0.0.1");

        await QcvcProcess.RunAsync(_limit, "chat", Target("chatting"), "--send", "Hello from a script");

        Assert.Equal("203 chat Hello from a script", await joe.ReadAsync());
    }

    [Fact]
    public async Task Chat_shows_who_is_there_and_what_is_said_and_says_what_is_typed()
    {
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync("AUTH ANONYMOUS chat-joe", "204 chat-joe");
        await joe.ExpectAsync("SETP chat sender on", "310 chat on");
        await joe.ExpectAsync("SETP session events on", "310 session on");
        await joe.ConnAsync("audio", "lines@127.0.0.1");
        await using var alice = QcvcProcess.Start("chat", Target("lines"), "--name", "chat-alice");
        Assert.Equal("110 joined chat-alice@127.0.0.1", await joe.ReadAsync());
        Assert.Equal("* here: chat-joe", await alice.ReadAsync());

        await alice.TypeAsync("Hello from a terminal");
        Assert.Equal("203 chat chat-alice@127.0.0.1 Hello from a terminal", await joe.ReadAsync());
        await joe.SendAsync("SEND chat Hello, é東\r\n");
        Assert.Equal("chat-joe> Hello, é東", await alice.ReadAsync());

        Assert.Equal((0, ""), await alice.EndInputAsync());
        Assert.Equal("111 left chat-alice@127.0.0.1", await joe.ReadAsync());
    }

    [Fact]
    public async Task Chat_ends_with_a_sentence_and_a_code_of_its_own_for_who_is_put_out()
    {
        await using var joe = await TestClient.ConnectAsync(fixture.Node);
        await joe.ExpectAsync("SETP session events on", "310 session on");
        await joe.ConnAsync("audio", "outside@127.0.0.1");
        await using var alice = QcvcProcess.Start("chat", Target("outside"), "--name", "out-alice");
        Assert.Equal("110 joined out-alice@127.0.0.1", await joe.ReadAsync());
        await alice.ReadAsync();
        using var admin = new AdminClient(fixture.Node);
        await admin.DeleteAsync("rooms/outside/members/out-alice");
        var (exitCode, error) = await alice.EndAsync();
        Assert.Equal(4, exitCode);
        Assert.StartsWith("qcvc: ", error, StringComparison.Ordinal);
        Assert.Contains("put you out of", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_delivers_every_datagram_once_and_in_order()
    {
        string output = await QcvcProcess.RunAsync(
            _limit, "load", $"127.0.0.1:{fixture.Node.Port}", "--clients", "20", "--rooms", "4", "--rate", "50", "--size", "400", "--seconds", "3",
            "--from", "127.3.0.1", "--json");

        var report = JsonDocument.Parse(output).RootElement;
        Assert.True(report.GetProperty("expected").GetInt64() > 2000, output);
        Assert.Equal(report.GetProperty("expected").GetInt64(), report.GetProperty("delivered").GetInt64());
        Assert.Equal(0, report.GetProperty("lost").GetInt64());
        Assert.Equal(0, report.GetProperty("duplicated").GetInt64());
        Assert.Equal(0, report.GetProperty("reordered").GetInt64());
    }
}
