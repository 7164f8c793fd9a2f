using Conference.Actors.Sessions.Limits;

namespace Conference.Actors.Tests.Sessions.Limits;

public sealed class LimitedSessionTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new()
    {
        More = options => options with
        {
            Limits = new AddressLimits(
                new ClientLimits { Session = new CommandLimits { Send = new RateLimit(1, 3), Conn = new RateLimit(1, 2), Auth = new RateLimit(1, 1) } }, options.Time),
        },
    };

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void That_somebody_records_is_told_to_all_and_counts_as_words_do()
    {
        var joe = _conference.Connect();
        Assert.StartsWith("303 ", joe.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        string[] wishes = ["on", "off", "on"];
        Assert.Equal(wishes.Select(w => $"310 session {w}"), wishes.Select(w => joe.Ask($"SETP session recording {w}")));
        Assert.Equal("510 session off could not set recording", joe.Ask("SETP session recording off"));
        Assert.Equal("310 session on", joe.Ask("GETP session recording"));
        Assert.Equal("310 session on", joe.Ask("SETP session details on"));
    }

    [Fact]
    public async Task Who_says_too_much_is_not_heard_is_counted_and_goes_on()
    {
        var joe = _conference.Connect();
        var alice = _conference.Connect();
        Assert.StartsWith("303 ", joe.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        Assert.StartsWith("303 ", alice.Ask("CONN audio standup@example.org"), StringComparison.Ordinal);
        for (int i = 1; i <= 5; i++)
            joe.Say($"SEND chat {i}");

        Assert.Equal(["203 chat 1", "203 chat 2", "203 chat 3"], [alice.Read(), alice.Read(), alice.Read()]);
        Assert.StartsWith("303 ", joe.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        Assert.Equal("503 try again later", joe.Ask("CONN slides standup@example.org"));
        Assert.Equal("504 disconnect first", joe.Ask("AUTH ANONYMOUS joe"));
        Assert.Equal("504 try again later", joe.Ask("AUTH ANONYMOUS joe"));
        Assert.Equal("200 ok", alice.Ask("NOOP"));
        _conference.Advance(TimeSpan.FromSeconds(1));
        joe.Say("SEND chat 6");
        Assert.Equal("203 chat 6", alice.Read());

        await using var stream = new MemoryStream();
        await _conference.Registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        string metrics = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        Assert.Contains("conference_commands_limited_total{verb=\"SEND\",limit=\"session\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_commands_limited_total{verb=\"CONN\",limit=\"session\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_commands_limited_total{verb=\"AUTH\",limit=\"session\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("conference_commands_limited_total{verb=\"AUTH\",limit=\"address\"} 0\n", metrics, StringComparison.Ordinal);
    }
}
