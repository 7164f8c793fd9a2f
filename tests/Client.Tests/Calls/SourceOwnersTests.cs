using Conference.Client.Calls;
using Conference.Client.Connections;
using Conference.Client.Tests.Relay;
using static Conference.Client.Tests.Relay.ScriptedServer;

namespace Conference.Client.Tests.Calls;

/// <summary>Whose a source is, as the server says it.</summary>
public sealed class SourceOwnersTests
{
    private readonly SourceOwners _owners = new();

    [Fact]
    public void What_one_session_sends_belongs_together_also_when_another_has_its_name()
    {
        Take(("joe@h", [1, 2]), ("joe@h", [3]), ("alice", []));
        Assert.Equal(("joe", "joe"), (_owners.Find(1)?.Name, _owners.Find(3)?.Name));
        Assert.Equal(_owners.Find(1), _owners.Find(2));
        Assert.NotEqual(_owners.Find(1), _owners.Find(3));
        Assert.Null(_owners.Find(4));
    }

    [Fact]
    public void A_session_stays_the_same_while_one_of_its_sources_does_in_whatever_order_it_is_listed()
    {
        Take(("joe", [1, 2]), ("joe", [3]));
        var (first, second) = (_owners.Find(1), _owners.Find(3));
        Take(("joe", [3, 4]), ("joe", [2, 5]));
        Assert.Equal((first, second), (_owners.Find(5), _owners.Find(4)));
        // All of its sources are new: nobody can tell that it is the same.
        Take(("joe", [6]));
        Assert.NotEqual(first, _owners.Find(6));
    }

    [Fact]
    public void A_source_that_is_somebody_elses_now_is_theirs()
    {
        Take(("joe", [1]));
        Take(("alice", [1]));
        Assert.Equal("alice", _owners.Find(1)?.Name);
    }

    [Fact]
    public async Task They_stand_behind_their_member_in_a_list()
    {
        using var server = new ScriptedServer(async s =>
        {
            await SayAsync(s, "100 QCVC/1.0\r\n");
            await HearAsync(s, 1);
            await SayAsync(s, "211 joe video,audio\r\n212 joe video ssrc=4294967295 codec=VP8 kbps=500\r\n212 joe audio codec=opus later=1 ssrc=7\r\n");
            await SayAsync(s, "212 joe audio ssrc=x\r\n211 alice\r\n211 end\r\n");
            await HearAsync(s, 1);
        });
        await using var client = await QcvcClient.ConnectAsync(server.Address, cancel: TestContext.Current.CancellationToken);
        var members = await client.ListAsync(server.Address.Target, TestContext.Current.CancellationToken);
        Assert.Equal(["joe", "alice"], members.Select(m => m.Name));
        Assert.Equal([4294967295, 7], members[0].Sources);
        Assert.Empty(members[1].Sources);
    }

    private void Take(params (string Name, uint[] Sources)[] members) => _owners.Take(members.Select(m => new RoomMember(m.Name, []) { Sources = m.Sources }));
}
