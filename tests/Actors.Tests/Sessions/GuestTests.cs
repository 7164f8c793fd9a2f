using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Sessions;

namespace Conference.Actors.Tests.Sessions;

/// <summary>Guests are named by the server, and no two of a cluster alike.</summary>
public sealed class GuestTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void Guests_of_different_nodes_have_different_names()
    {
        var (a, b, c) = (SessionsOf(1), SessionsOf(2), SessionsOf(3));
        var guests = new[] { a, a, b, c }.Select(sessions => _conference.Connect(sessions: sessions)).ToArray();
        foreach (var guest in guests)
            Assert.StartsWith("303 audio", guest.Ask("CONN audio lobby@example.org"), StringComparison.Ordinal);
        Assert.Equal("211 guest-1000000001 audio", guests[0].Ask("LIST lobby@example.org"));
        Assert.Equal(
            ["211 guest-1000000002 audio", "211 guest-2000000001 audio", "211 guest-3000000001 audio", "211 end"],
            Enumerable.Range(0, 4).Select(_ => guests[0].Read()));
    }

    private IActorRef SessionsOf(long number) => _conference.Sys.ActorOf(
        SessionsActor.Props(_conference.ContextOf(number, ClusterNodes.Of(_conference.Sys)), maxSessions: 10));
}
