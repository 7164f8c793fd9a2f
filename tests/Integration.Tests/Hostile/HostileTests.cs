using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Conference.Integration.Tests.Hostile;

/// <summary>
/// Every kind of bad input, each beside a call that must not notice; afterwards sessions, actors, ports and descriptors
/// are what they were.
/// </summary>
public sealed class HostileTests(QuietNode fixture) : IClassFixture<QuietNode>
{
    private NodeProcess Node => fixture.Node;

    [Fact]
    public async Task Unknown_and_half_verbs_are_named_and_the_session_goes_on()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        foreach (string line in (string[])["HEL", "HELOO joe@127.0.0.1", "XYZZY", "", "   ", "HELO\tjoe@127.0.0.1"])
            Assert.StartsWith("500 ", await client.AskAsync(line), StringComparison.Ordinal);
        await client.ExpectAsync("NOOP", "200 ok");
    }

    [Fact]
    public async Task Missing_and_extra_arguments_get_the_usage()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.ExpectAsync("CONN video", "500 usage: CONN <service> <user>@<host>");
        await client.ExpectAsync("CONN video joe@127.0.0.1 twice", "500 usage: CONN <service> <user>@<host>");
        await client.ExpectAsync("HELO joe", "500 usage: HELO <user>@<host>");
        await client.ExpectAsync("QUIT now", "500 usage: QUIT");
        await client.ExpectAsync("NOOP", "200 ok");
    }

    [Fact]
    public async Task A_line_of_a_megabyte_is_one_error_and_is_skipped_whole()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync(new string('a', 1 << 20) + "\r\nNOOP\r\n");
        Assert.Equal("500 line too long", await client.ReadAsync());
        Assert.Equal("200 ok", await client.ReadAsync());
    }

    [Fact]
    public async Task Nul_and_invalid_utf8_are_malformed_lines()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync([(byte)'N', 0, (byte)'\n', 0xC3, 0x28, (byte)'\r', (byte)'\n']);
        Assert.Equal("500 malformed line", await client.ReadAsync());
        Assert.Equal("500 malformed line", await client.ReadAsync());
        await client.ExpectAsync("NOOP", "200 ok");
    }

    [Fact]
    public async Task Commands_behind_a_quit_do_not_hold_the_connection_open()
    {
        await using var check = await fixture.WatchAsync();
        for (int i = 0; i < 20; i++)
        {
            await using var client = await TestClient.ConnectAsync(Node);
            await client.SendAsync("QUIT\r\n" + string.Concat(Enumerable.Repeat("NOOP\r\n", 20)));
            client.Tcp.Shutdown(SocketShutdown.Send);
            Assert.Equal("421 quit", await client.ReadAsync());
            Assert.Null(await client.ReadAsync());
        }
    }

    [Fact]
    public async Task Twenty_errors_in_a_row_end_the_session()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync(string.Concat(Enumerable.Repeat("WHAT\r\n", 30)));
        for (int i = 0; i < 20; i++)
            Assert.Equal("500 unknown command", await client.ReadAsync());
        Assert.Equal("421 too many errors", await client.ReadAsync());
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task Ten_thousand_pipelined_commands_are_answered_in_order()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        var sending = client.SendAsync(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"HELO room-{i}@127.0.0.1\r\n")));
        for (int i = 0; i < 10_000; i++)
            Assert.Equal($"201 room-{i} is here", await client.ReadAsync());
        await sending;
    }

    [Fact]
    public async Task A_client_that_never_reads_stops_nobody()
    {
        await using var check = await fixture.WatchAsync();
        await using var deaf = await TestClient.ConnectAsync(Node);
        await using var talker = await TestClient.ConnectAsync(Node);
        await using var listener = await TestClient.ConnectAsync(Node);
        await deaf.ConnAsync("audio", "deaf@127.0.0.1");
        await talker.ConnAsync("audio", "deaf@127.0.0.1");
        await listener.ConnAsync("audio", "deaf@127.0.0.1");
        string words = "SEND chat " + new string('x', 1000) + "\r\n";
        for (int i = 0; i < 200; i++)
        {
            await talker.SendAsync(string.Concat(Enumerable.Repeat(words, 50)));
            for (int heard = 0; heard < 50; heard++)
                Assert.StartsWith("203 chat x", await listener.ReadAsync(), StringComparison.Ordinal);
        }

        Assert.True(await Node.MetricAsync("conference_lines_dropped_total") > 0);
    }

    [Fact]
    public async Task A_client_that_sends_a_byte_at_a_time_is_understood()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        foreach (byte b in "HELO joe@127.0.0.1\r\n"u8.ToArray())
        {
            await client.SendAsync([b]);
            await timer.WaitForNextTickAsync();
        }

        Assert.Equal("201 joe is here", await client.ReadAsync());
    }

    [Fact]
    public async Task Two_thousand_connections_that_say_nothing_keep_nobody_out()
    {
        await using var check = await fixture.WatchAsync();
        var silent = new List<TestClient>();
        for (int i = 0; i < 2000; i++)
            silent.Add(await TestClient.ConnectSilentlyAsync(Node));
        await using (var client = await TestClient.ConnectAsync(Node))
            await client.ExpectAsync("HELO joe@127.0.0.1", "201 joe is here");
        foreach (var client in silent)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Hosts_not_served_and_illegal_names_are_refused()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.ExpectAsync("CONN video joe@example.org", "503 example.org is not served here");
        await client.ExpectAsync("HELO joe@example.org", "501 joe is not here");
        await client.ExpectAsync("CONN video ..joe@127.0.0.1", "503 illegal name");
        await client.ExpectAsync("CONN video " + new string('n', 65) + "@127.0.0.1", "503 illegal name");
        await client.ExpectAsync("CONN chat joe@127.0.0.1", "503 chat is not a media service");
    }

    [Fact]
    public async Task Disconnecting_what_was_never_connected_is_fine()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.ExpectAsync("DCON video joe@127.0.0.1", "304 video disconnected");
        await client.ExpectAsync("DCON video joe@example.org", "304 video disconnected");
    }

    [Fact]
    public async Task Empty_and_huge_datagrams_do_no_harm()
    {
        await using var check = await fixture.WatchAsync();
        await using var alice = await TestClient.ConnectAsync(Node);
        await using var bob = await TestClient.ConnectAsync(Node);
        var a = await alice.ConnAsync("video", "sizes@127.0.0.1");
        var b = await bob.ConnAsync("video", "sizes@127.0.0.1");
        await a.LatchAsync(b);

        a.Send(Array.Empty<byte>());
        byte[] huge = new byte[65_507];
        new Random(1).NextBytes(huge);
        a.Send(huge);

        byte[] heard = new byte[65_536];
        using var limit = new CancellationTokenSource(TestClient.Limit);
        int size = await b.ReceiveAsync(heard, limit.Token);
        Assert.Equal(huge, heard[..size]);
    }

    [Fact]
    public async Task A_client_gone_without_a_word_in_the_middle_of_everything_leaves_nothing_behind()
    {
        await using var check = await fixture.WatchAsync();
        for (int i = 0; i < 50; i++)
        {
            await using var client = await TestClient.ConnectAsync(Node);
            await client.SendAsync($"AUTH ANONYMOUS vanish-{i}\r\nCONN video vanish@127.0.0.1\r\nCONN audio vanish@127.0.0.1\r\nSEND chat bye\r\nLIST van");
            client.Tcp.LingerState = new LingerOption(true, 0);
        }
    }

    [Fact]
    public async Task Words_said_before_hanging_up_are_still_answered()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        await client.SendAsync("HELO joe@127.0.0.1\r\nCONN video half@127.0.0.1\r\nNOOP\r\n");
        client.Tcp.Shutdown(SocketShutdown.Send);

        Assert.Equal("201 joe is here", await client.ReadAsync());
        Assert.StartsWith("303 video ", await client.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("200 ok", await client.ReadAsync());
    }

    [Fact]
    public async Task Chat_and_credentials_never_reach_the_log()
    {
        await using var check = await fixture.WatchAsync();
        await using var client = await TestClient.ConnectAsync(Node);
        string secret = Convert.ToHexString(Encoding.ASCII.GetBytes("open sesame"));
        await client.ConnAsync("audio", "whisper@127.0.0.1");
        await client.AskAsync($"AUTH PLAIN {secret}");
        await client.ExpectAsync($"SEND chat {secret}\r\nNOOP", "200 ok");
        Assert.DoesNotContain(secret, Node.Output, StringComparison.Ordinal);
    }
}
