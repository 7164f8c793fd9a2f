using Conference.Actors.Tests.Support;

namespace Conference.Actors.Tests.Sessions;

/// <summary>Guests are named by the server, and no two of a cluster alike.</summary>
public sealed class GuestTests : ThreeNodes
{
    [Fact]
    public void Guests_of_different_nodes_have_different_names()
    {
        var guests = new[] { A.Connect(), A.Connect(), B.Connect(), C.Connect() };
        foreach (var guest in guests)
            Assert.StartsWith("303 audio", guest.Ask("CONN audio lobby@example.org"), StringComparison.Ordinal);
        Assert.Equal("211 guest-1000000001 audio", guests[0].Ask("LIST lobby@example.org"));
        Assert.Equal(
            ["211 guest-1000000002 audio", "211 guest-2000000001 audio", "211 guest-3000000001 audio", "211 end"],
            Enumerable.Range(0, 4).Select(_ => guests[0].Read()));
    }
}
