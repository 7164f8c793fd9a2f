using Conference.Client.Calls;
using Conference.Client.Connections;

namespace Conference.Client.Tests.Calls;

public class CallRowTests
{
    private readonly CallMembers _members = new() { Self = "joe" };

    [Fact]
    public void Oneself_comes_first_then_who_is_heard_and_who_is_only_there()
    {
        _members.Add([new RoomMember("carol", ["audio"]), new RoomMember("joe", ["audio"]), new RoomMember("alice", ["audio", "video"])]);
        _members.Apply(new ServerEvent.Speaker("alice@h"));
        _members.Apply(new ServerEvent.Muted("bob@h", true));
        _members.Apply(new ServerEvent.Joined("bob@h"));

        var rows = CallRow.Build(
            _members, [Sent("video"), Sent("audio")], new HashSet<string> { "audio" }, [Received("alice", "video"), Received("alice", "audio"), Received("dan", "audio", gone: true)]);

        Assert.Equal(
            ["joe (you) video None", "joe (you) audio Muted", "alice audio Speaks", "alice video Speaks", "bob - Muted", "carol - None"],
            rows.Select(r => $"{r.Name} {r.Service} {r.State}"));
        Assert.Equal([null, null, 2.5, 2.5, null, null], rows.Select(r => r.LossPercent));
    }

    [Fact]
    public void Who_sends_nothing_has_a_row_all_the_same() =>
        Assert.Equal(["joe (you) -"], CallRow.Build(_members, [], new HashSet<string>(), []).Select(r => $"{r.Name} {r.Service}"));

    [Fact]
    public void Who_leaves_speaks_no_more_and_is_muted_no_more()
    {
        _members.Apply(new ServerEvent.Joined("alice@h"));
        _members.Apply(new ServerEvent.Speaker("alice@h"));
        _members.Apply(new ServerEvent.Muted("alice@h", true));
        Assert.Equal("* alice left", _members.Apply(new ServerEvent.Left("alice@h")));

        Assert.Null(_members.Speaker);
        Assert.False(_members.IsMuted("alice"));
        Assert.Equal("* nobody else is here yet", _members.Presence());
    }

    [Fact]
    public void That_one_has_left_oneself_means_to_be_put_out_or_that_the_room_is_closed()
    {
        Assert.Null(_members.Apply(new ServerEvent.Left("joe@h")));
        Assert.True(_members.IsSaidToHaveLeft);
        Assert.Equal("standup@h was closed, or an operator has put you out of it", _members.Expulsion("standup@h"));

        Assert.Null(_members.Apply(new ServerEvent.PutOut("joe@h")));
        Assert.Equal("an operator has put you out of standup@h", _members.Expulsion("standup@h"));
    }

    private static SentStream Sent(string service) => new(service, "1", "opus", 32, 10, 1000, 10, 0, null);

    private static ReceivedStream Received(string member, string service, bool gone = false) =>
        new(member, service, "2", "opus", 32, 10, 1000, 10, 1, 10, 2.5, 0, 0, 1, gone);
}
