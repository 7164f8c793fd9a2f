using Conference.Actors.Tests.Support;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Sessions;

/// <summary>A session that its client may lose for a while.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private static readonly TimeSpan _within = TimeSpan.FromSeconds(30);

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Who_comes_back_in_time_is_who_he_was_and_nobody_saw_him_leave()
    {
        var (alice, joe) = (Watching("alice"), Joined("joe"));
        Assert.Equal("110 joined joe@example.org", alice.Read());
        joe.Ask("SETP video mute on");
        string token = Keep(joe);
        joe.HangUp();
        _conference.Advance(_within - TimeSpan.FromSeconds(1));
        Assert.Equal(["211 alice video", "211 joe video", "211 end"], [alice.Ask("LIST standup@example.org"), alice.Read(), alice.Read()]);
        alice.Say("SEND chat are you there?");
        _conference.AwaitIdle();

        var back = _conference.Connect("198.51.100.7");
        Assert.Equal("204 joe", back.Ask($"AUTH RESUME {token}"));
        Assert.Equal(joe.Session, back.Connection.HandedTo);
        var same = back with { Session = joe.Session };
        Assert.Equal("203 chat are you there?", same.Read());
        Assert.Equal("310 session joe", same.Ask("GETP session name"));
        Assert.Equal("310 video on", same.Ask("GETP video mute"));
        // Answered as a CONN that there is.
        Assert.StartsWith("303 video ", same.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        _conference.Advance(_within);
        Assert.Equal("200 ok", same.Ask("NOOP"));
        alice.Connection.ExpectNothing();
        Assert.Equal(2, _conference.Metrics.ActorsOf(CountedActor.SessionActor));

        same.HangUp();
        _conference.Advance(_within);
        Assert.Equal("111 left joe@example.org", alice.Read());
    }

    [Fact]
    public void Who_does_not_come_back_has_left()
    {
        var (alice, joe) = (Watching("alice"), Joined("joe"));
        alice.Read();
        string token = Keep(joe);
        joe.HangUp();
        _conference.Advance(_within);
        Assert.Equal("111 left joe@example.org", alice.Read());
        Assert.Equal("504 nothing to resume", _conference.Connect().Ask($"AUTH RESUME {token}"));
        Assert.Equal("204 joe", _conference.Connect().Ask("AUTH ANONYMOUS joe"));
    }

    [Fact]
    public void A_connection_that_only_seems_to_be_there_is_given_up_for_the_new_one()
    {
        var joe = Joined("joe");
        string token = Keep(joe);
        var back = _conference.Connect();
        Assert.Equal("204 joe", back.Ask($"AUTH RESUME {token}"));
        Assert.Equal("421 resumed elsewhere", joe.Read());
        Assert.True(joe.Connection.Closed.Task.IsCompleted);
        // That it is gone by now concerns nobody.
        joe.HangUp();
        _conference.Advance(_within);
        Assert.Equal("200 ok", (back with { Session = joe.Session }).Ask("NOOP"));
    }

    [Fact]
    public void What_was_asked_over_a_connection_that_is_gone_is_not_answered_to_the_next()
    {
        var joe = Joined("joe");
        string token = Keep(joe);
        int answered = joe.Connection.Answers;
        var held = new TaskCompletionSource();
        _conference.Journal.Hold = _ => held.Task;
        joe.Say("CONN video other@example.org");
        joe.Say("GETP session name");
        joe.HangUp();
        var back = _conference.Connect();
        Assert.Equal("204 joe", back.Ask($"AUTH RESUME {token}"));
        var same = back with { Session = joe.Session };
        same.Say("NOOP");
        held.SetResult();
        Assert.Equal("200 ok", same.Read());
        // It was done all the same.
        Assert.Equal("211 joe video", same.Ask("LIST other@example.org"));
        Assert.Equal("211 end", same.Read());
        Assert.Equal(answered, joe.Connection.Answers);
        Assert.Equal(3, back.Connection.Answers);
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("@")]
    [InlineData("joe")]
    public void A_token_of_nobody_resumes_nothing(string token)
    {
        Keep(Joined("joe"));
        Assert.Equal("504 nothing to resume", _conference.Connect().Ask($"AUTH RESUME {token}"));
    }

    [Fact]
    public void Neither_is_a_session_resumed_that_did_not_ask_for_it_or_that_would_be_heard_by_others()
    {
        var joe = Joined("joe");
        string token = Keep(joe);
        Assert.Equal("504 nothing to resume", _conference.Connect(link: default(LinkSecurity)).Ask($"AUTH RESUME {token}"));
        Assert.NotEqual(token, Keep(joe));
        Assert.Equal("504 nothing to resume", _conference.Connect().Ask($"AUTH RESUME {token}"));
        token = Keep(joe);
        Assert.Equal("504 already signed in as ann", _conference.SignIn("ann").Ask($"AUTH RESUME {token}"));
        Assert.Equal("310 session off", joe.Ask("SETP session resume off"));
        Assert.Equal("504 nothing to resume", _conference.Connect().Ask($"AUTH RESUME {token}"));
        joe.HangUp();
        _conference.AwaitIdle();
        Assert.Equal(0, _conference.Plane.Open.Count);
    }

    [Fact]
    public void A_session_that_was_ended_is_over()
    {
        var joe = Joined("joe");
        string token = Keep(joe);
        Assert.Equal("421 quit", joe.Ask("QUIT"));
        _conference.AwaitIdle();
        Assert.Equal("504 nothing to resume", _conference.Connect().Ask($"AUTH RESUME {token}"));
    }

    [Fact]
    public void Of_what_was_said_meanwhile_the_latest_is_kept()
    {
        var (alice, joe) = (Joined("alice"), Joined("joe"));
        string token = Keep(joe);
        joe.HangUp();
        for (int i = 0; i < 300; i++)
            alice.Say($"SEND chat {i}");
        _conference.AwaitIdle();
        var back = _conference.Connect();
        Assert.Equal("204 joe", back.Ask($"AUTH RESUME {token}"));
        for (int i = 44; i < 300; i++)
            Assert.Equal($"203 chat {i}", back.Read());
        back.Connection.ExpectNothing();
    }

    private Client Joined(string name)
    {
        var client = _conference.SignIn(name);
        Assert.StartsWith("303 video ", client.Ask("CONN video standup@example.org"), StringComparison.Ordinal);
        return client;
    }

    private Client Watching(string name)
    {
        var client = Joined(name);
        Assert.Equal("310 session on", client.Ask("SETP session events on"));
        return client;
    }

    private static string Keep(Client client)
    {
        string reply = client.Ask("SETP session resume on");
        Assert.Matches("^310 session [0-9a-f]{32}@example.org$", reply);
        Assert.Equal(reply, client.Ask("GETP session resume"));
        return reply.Split(' ')[2];
    }
}
