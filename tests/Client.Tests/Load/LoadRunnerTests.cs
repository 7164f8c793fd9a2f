using System.Net;
using Conference.Client.Load;
using Conference.Client.Tests.Relay;

namespace Conference.Client.Tests.Load;

public class LoadRunnerTests
{
    private static LoadOptions Options(FakeRelay relay) => new(relay.Address(""))
    {
        Clients = 6,
        Rooms = 2,
        Senders = new SenderCount(2, false),
        Rate = 200,
        Size = 200,
        Duration = TimeSpan.FromSeconds(1),
    };

    private static Task<LoadReport> RunAsync(LoadOptions options) => LoadRunner.RunAsync(options, cancel: TestContext.Current.CancellationToken);

    /// <summary>The same, and something that happens once packets flow.</summary>
    private static Task<LoadReport> RunAsync(LoadOptions options, Action happen)
    {
        int happened = 0;
        return LoadRunner.RunAsync(
            options,
            p =>
            {
                if (p is { Phase: LoadPhase.Sending, Count: > 0 } && Interlocked.Exchange(ref happened, 1) == 0)
                    happen();
            },
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_clean_relay_shows_a_clean_run()
    {
        using var relay = new FakeRelay();
        var report = await RunAsync(Options(relay));
        Assert.True(report.IsClean);
        Assert.Equal((6, 4, 0), (report.Joined, report.Senders, report.SendFailures));
        Assert.Equal(800, report.Sent);
        Assert.Equal(report.Sent * 2, report.Expected);
        Assert.Equal((report.Expected, 0, 0, 0), (report.Delivered, report.Lost, report.Duplicated, report.Reordered));
        Assert.True(report.DelayP50Ms > 0 && report.DelayP50Ms <= report.DelayP99Ms && report.DelayP99Ms <= report.DelayMaxMs);
        Assert.True(report.JoinsPerSecond > 0 && report.JoinP50Ms <= report.JoinP99Ms);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    public async Task Loss_duplication_and_reordering_are_each_counted_right(int seed, int burst)
    {
        using var relay = new FakeRelay { Faults = new RelayFaults(seed, 0.05, 0.03, 0.04) };
        var report = await RunAsync(Options(relay) with { Burst = burst });
        var faults = relay.Faults;
        Assert.True(faults.Lost > 20 && faults.Duplicated > 10 && faults.Reordered > 10);
        Assert.Equal(0, report.KernelDrops);
        Assert.Equal(faults.Lost + faults.Held, report.Lost);
        Assert.Equal(faults.Duplicated, report.Duplicated);
        Assert.Equal(faults.Reordered, report.Reordered);
        Assert.Equal(report.Expected, report.Delivered + report.Lost);
    }

    [Fact]
    public async Task Whole_bursts_count_as_their_packets()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "UDP_SEGMENT and UDP_GRO are Linux's");
        using var relay = new FakeRelay();
        var report = await RunAsync(Options(relay) with { Burst = 10, SegmentSends = true, CoalesceReceives = true });
        Assert.True(report.IsClean);
        Assert.Equal((800, 1600), (report.Sent, report.Delivered));
    }

    [Fact]
    public async Task Each_client_may_have_its_own_address()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux answers on all of 127.0.0.0/8");
        using var relay = new FakeRelay();
        var report = await RunAsync(Options(relay) with { From = IPAddress.Parse("127.1.0.255") });
        Assert.True(report.IsClean);
        Assert.Equal(report.Expected, report.Delivered);
    }

    [Fact]
    public async Task Cancelling_ends_early_and_still_reports()
    {
        using var relay = new FakeRelay();
        using var stop = new CancellationTokenSource();
        bool sending = false;
        var report = await LoadRunner.RunAsync(
            Options(relay) with { Duration = TimeSpan.FromMinutes(5) },
            p =>
            {
                if (p is { Phase: LoadPhase.Sending, Count: > 0 } && !sending)
                {
                    sending = true;
                    stop.Cancel();
                }
            },
            stop.Token);
        Assert.True(report.Seconds < 60);
        Assert.Equal(report.Expected, report.Delivered);
    }

    [Fact]
    public async Task Members_that_follow_go_where_their_server_sends_them_and_are_heard_again()
    {
        using FakeRelay first = new(), second = new();
        var report = await RunAsync(Options(first) with { Follows = true, Duration = TimeSpan.FromSeconds(4) }, () => first.SendAllTo(second));
        Assert.Equal((6, 0, 0), (report.Moves, report.Silent, report.SessionsLost));
        Assert.True(report.IsClean);
        Assert.Equal(0, first.Sessions);
    }

    [Fact]
    public async Task Members_that_follow_come_back_through_another_server_when_theirs_is_gone()
    {
        using FakeRelay first = new(), second = new();
        var options = Options(first) with { Follows = true, OtherNodes = [second.Address("")], Duration = TimeSpan.FromSeconds(4) };
        var report = await RunAsync(options, () => first.EndAll("shutting down"));
        // Of three members of a room, the first and the last begin at the first server.
        Assert.Equal((4, 0, 0), (report.Moves, report.Silent, report.SessionsLost));
        Assert.Equal(0, first.Sessions);
    }

    [Fact]
    public async Task A_call_that_is_cut_is_seen_as_silence_and_lost_sessions()
    {
        using var relay = new FakeRelay();
        var report = await RunAsync(Options(relay) with { Duration = TimeSpan.FromSeconds(3) }, () => relay.EndAll("shutting down"));
        // Two senders and three members in each of two rooms.
        Assert.Equal((8, 6, 0), (report.Silent, report.SessionsLost, report.Moves));
        Assert.True(report.GapMaxMs >= report.GapP50Ms && report.GapP50Ms > 1000);
        Assert.False(report.IsClean);
    }

    [Fact]
    public async Task Nobody_joining_is_an_error_with_the_reason()
    {
        using var server = new ScriptedServer(s => ScriptedServer.SayAsync(s, "421 server full\r\n"));
        var options = new LoadOptions(server.Address) { Clients = 1, Duration = TimeSpan.FromSeconds(1) };
        var e = await Assert.ThrowsAsync<Conference.Client.Connections.QcvcException>(() => RunAsync(options));
        Assert.Contains("server full", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_all_named_at_once()
    {
        var options = new LoadOptions(new QcvcAddress("", "h", 1)) { Clients = 0, Size = 10, Rate = 0, Burst = 0 };
        Assert.Equal(5, options.Check().Count);
        Assert.Single((new LoadOptions(new QcvcAddress("", "h", 1)) { Clients = 30_000, Senders = new SenderCount(10, true) }).Check());
    }
}
