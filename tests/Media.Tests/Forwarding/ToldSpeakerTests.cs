using Conference.Media.Forwarding;

namespace Conference.Media.Tests.Forwarding;

/// <summary>Where voices are not heard, the routes say who speaks.</summary>
public sealed class ToldSpeakerTests
{
    private static readonly RoomId _room = new("room");

    private readonly RoomTable _table = new(1, int.MaxValue, new Random(1));
    private readonly RoomService _service;
    private long _version;

    public ToldSpeakerTests() => _service = _table.Join(_room, new ServiceName("video"), out _);

    [Fact]
    public void Whom_the_routes_name_takes_over_from_whoever_spoke_before()
    {
        Apply(3);
        Apply(5);
        Assert.Equal([5, 3], Ranking());
    }

    [Fact]
    public void Routes_that_still_name_the_same_one_change_nothing()
    {
        Apply(5);
        // Heard here meanwhile.
        _service.Speakers.Lead(new ParticipantId(7));
        Apply(5);
        Assert.Equal([7, 5], Ranking());
        Apply(null);
        Assert.Equal([7, 5], Ranking());
        Apply(5);
        Assert.Equal([5, 7], Ranking());
    }

    private void Apply(int? speaker) => _table.Apply(
        new MediaRoutes(_room, ++_version, []) { Speaker = speaker is { } number ? new ParticipantId(number) : null }, []);

    private IEnumerable<int> Ranking() => _service.Speakers.Now.Order.Select(p => (int)p.Value);
}
