namespace Conference.Integration.Tests.Operations;

public sealed class OperationsTests
{
    [Fact]
    public async Task A_node_is_live_and_ready_and_says_what_it_counts()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var client = await TestClient.ConnectAsync(node);
        await client.ExpectAsync("NOOP", "200 ok");

        Assert.Equal(200, (await node.GetAsync("/health/live")).Status);
        Assert.Equal(200, (await node.GetAsync("/health/ready")).Status);
        Assert.Equal(1, await node.MetricAsync("conference_sessions"));
        Assert.Equal(1, await node.MetricAsync("conference_commands_total", "verb=\"NOOP\""));
        var (status, page) = await node.GetAsync("/");
        Assert.Equal(200, status);
        Assert.Contains("<title>Conference</title>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_tells_every_session_and_exits_with_zero()
    {
        await using var node = await NodeProcess.StartAsync();
        await using var alice = await TestClient.ConnectAsync(node);
        await using var bob = await TestClient.ConnectAsync(node);
        await bob.ConnAsync("video", "ending@127.0.0.1");

        int exitCode = await node.TerminateAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal("421 shutting down", await alice.ReadAsync());
        Assert.Null(await alice.ReadAsync());
        Assert.Equal("421 shutting down", await bob.ReadAsync());
    }

    [Fact]
    public async Task Beyond_its_sessions_a_node_says_421_and_takes_the_next_when_one_has_left()
    {
        await using var node = await NodeProcess.StartAsync("Qcvc:MaxSessions=1");
        await using (var first = await TestClient.ConnectAsync(node))
        {
            await using var second = await TestClient.ConnectSilentlyAsync(node);
            Assert.Equal("421 server full", await second.ReadAsync());
            Assert.Null(await second.ReadAsync());
        }

        await Eventually.EqualAsync(0, () => node.MetricAsync("conference_sessions"));
        await using var third = await TestClient.ConnectAsync(node);
    }

    [Fact]
    public async Task Wrong_settings_stop_the_start_and_every_wrong_key_is_named()
    {
        var (exitCode, output) = await NodeProcess.RunAsync(
            "Qcvc:Port=seventy", "Media:Ports=9-5", "Auth:Mode=maybe", "Rooms:MaxMembers=0", "Qcvc:Prot=4321", "Http:AdminToken=short");

        Assert.Equal(2, exitCode);
        Assert.Contains("Qcvc:Port must be a whole number from 0 to 65535", output, StringComparison.Ordinal);
        Assert.Contains("Media:Ports must be", output, StringComparison.Ordinal);
        Assert.Contains("Auth:Mode must be open or required", output, StringComparison.Ordinal);
        Assert.Contains("Rooms:MaxMembers must be", output, StringComparison.Ordinal);
        Assert.Contains("Qcvc:Prot is not a setting", output, StringComparison.Ordinal);
        Assert.Contains("Http:AdminToken must be", output, StringComparison.Ordinal);
        Assert.DoesNotContain("short", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_stops_the_start_with_one_clear_sentence()
    {
        await using var first = await NodeProcess.StartAsync();

        var (exitCode, output) = await NodeProcess.RunAsync($"Qcvc:Port={first.Port}", "Http:Port=0");

        Assert.Equal(1, exitCode);
        Assert.Contains("address already in use", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_nodes_on_one_sqlite_file_the_second_stops_with_a_clear_sentence()
    {
        string folder = Directory.CreateTempSubdirectory("conference-two-").FullName;
        string store = $"Store:Path={Path.Combine(folder, "conference.db")}";
        await using (await NodeProcess.StartAsync(store))
        {
            var (exitCode, output) = await NodeProcess.RunAsync(store, "Qcvc:Port=0", "Http:Port=0");

            Assert.Equal(1, exitCode);
            Assert.Contains("conference.db", output, StringComparison.Ordinal);
            Assert.Contains("another process", output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }
}
