using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Entities;

/// <summary>Questions to what moves: what waits for it while it does is lost, and asked again.</summary>
public sealed class AskingTests : IAsyncLifetime
{
    private static readonly RoomQueries.Find _find = new(Name.Parse("standup"));
    private static readonly RoomPresence _here = new(true, true, false);

    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public async Task A_question_that_was_lost_is_asked_again_as_it_was_until_somebody_answers()
    {
        var region = _conference.CreateTestProbe();
        var answer = region.Ref.AskEntityAsync<RoomPresence>(_find, Support.Conference.Patience);
        for (int i = 0; i < 2; i++)
            Assert.Same(_find, region.ExpectMsg<RoomQueries.Find>());
        var late = region.LastSender;
        region.ExpectMsg<RoomQueries.Find>();
        // Whoever was asked before and answers now is too late; it is the same answer.
        late.Tell(_here with { IsKept = false }, region.Ref);
        region.Reply(_here);
        Assert.Equal(_here, await answer);
    }

    [Fact]
    public async Task Who_cannot_answer_now_is_not_asked_again()
    {
        var region = _conference.CreateTestProbe();
        var answer = region.Ref.AskEntityAsync<RoomPresence>(_find, Support.Conference.Patience);
        region.ExpectMsg<RoomQueries.Find>();
        region.Reply(Unavailable.Instance);
        var failure = await Assert.ThrowsAsync<UnavailableException>(() => answer);
        Assert.True(UnavailableException.IsMeantBy(failure));
        Assert.DoesNotContain("standup", failure.Message, StringComparison.Ordinal);
        Assert.False(region.HasMessages);
    }

    [Fact]
    public async Task Whom_nobody_answers_is_told_so_at_the_deadline()
    {
        var region = _conference.CreateTestProbe();
        await Assert.ThrowsAsync<UnavailableException>(() => region.Ref.AskEntityAsync<RoomPresence>(_find, TimeSpan.FromSeconds(0.5)));
        Assert.InRange(region.ReceiveN(2, Support.Conference.Patience).Count, 2, 2);
    }

    [Fact]
    public async Task What_is_no_answer_to_the_question_is_a_bug_and_said_so()
    {
        var region = _conference.CreateTestProbe();
        var answer = region.Ref.AskEntityAsync<RoomPresence>(_find, Support.Conference.Patience);
        region.ExpectMsg<RoomQueries.Find>();
        region.Reply(new SessionOutcome.Done());
        await Assert.ThrowsAsync<InvalidOperationException>(() => answer);
    }
}
