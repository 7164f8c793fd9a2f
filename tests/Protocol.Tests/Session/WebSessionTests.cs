using Conference.Protocol.Addresses;
using Conference.Protocol.Commands;
using Conference.Protocol.Session;

namespace Conference.Protocol.Tests.Session;

/// <summary>What is different for a session in a browser, and that nothing of it is for others.</summary>
public sealed class WebSessionTests
{
    private static readonly WebToken _token = new("0123456789abcdef0123456789abcdef");
    private static readonly SimulcastLayers _layers = SimulcastLayers.Of([(7, 150), (8, 500), (9, 1500)]);
    private readonly SessionDriver _session = new(web: _token);

    [Fact]
    public void It_is_told_its_token_and_others_have_none()
    {
        Assert.Equal(["310 session token 0123456789abcdef0123456789abcdef"], _session.Say("GETP session token"));
        Assert.Equal(["510 session token unknown parameter"], _session.Say("SETP session token x"));
        Assert.Equal(["510 video token unknown parameter"], _session.Say("GETP video token"));
        Assert.Equal(["510 session token unknown parameter"], new SessionDriver().Say("GETP session token"));
        Assert.DoesNotContain(_token.Value, $"{_token}", StringComparison.Ordinal);
    }

    [Fact]
    public void Feat_says_so()
    {
        Assert.Equal(["210 AUTH NOOP LIST STATUS EVENTS SENDER PORTS SELECT MUTE LAYERS DETAILS RECORDING ROOM WEB"], _session.Say("FEAT"));
        Assert.Equal(["210 AUTH NOOP LIST STATUS EVENTS SENDER PORTS SELECT MUTE LAYERS DETAILS ROAM RECORDING RESUME ROOM"], new SessionDriver().Say("FEAT"));
    }

    [Fact]
    public void It_needs_no_token_to_roam_and_gets_none() =>
        Assert.Equal(["510 session on could not set roam"], _session.Say("SETP session roam on"));

    [Fact]
    public void It_is_in_one_room_at_a_time()
    {
        Assert.Equal(["303 video 11000", "303 audio 11001"], _session.Say("CONN video standup@127.0.0.1", "CONN audio standup@127.0.0.1"));
        Assert.Equal(["503 one room at a time in a browser"], _session.Say("CONN video lunch@127.0.0.1"));
        Assert.Equal(
            ["304 video disconnected", "503 one room at a time in a browser", "304 audio disconnected", "303 video 11002"],
            _session.Say("DCON video standup@127.0.0.1", "CONN video lunch@127.0.0.1", "DCON audio standup@127.0.0.1", "CONN video lunch@127.0.0.1"));

        var other = new SessionDriver();
        Assert.Equal(["303 video 11000", "303 video 11001"], other.Say("CONN video standup@127.0.0.1", "CONN video lunch@127.0.0.1"));
    }

    [Fact]
    public void Who_was_put_out_of_a_room_may_go_to_another()
    {
        _session.Say("CONN video standup@127.0.0.1");
        _session.Notify(new SessionNotice.PutOut(Name.Parse("standup"), IsClosing: true));
        Assert.Equal(["303 video 11001"], _session.Say("CONN video lunch@127.0.0.1"));
    }

    [Fact]
    public void Who_sits_down_is_told_once_and_who_leaves_too()
    {
        _session.Say("SETP session events on", "CONN video standup@127.0.0.1");
        Assert.Equal(
            ["* 118 slot 2 audio joe@127.0.0.1", "* 118 slot 3 video joe@127.0.0.1"],
            _session.Notify(Seated(("2", "audio", "joe"), ("3", "video", "joe"), ("4", "audio", null))));
        Assert.Empty(_session.Notify(Seated(("2", "audio", "joe"), ("3", "video", "joe"), ("4", "audio", null))));
        // Of a line that changes hands, and of a service that changes, the new one is told.
        Assert.Equal(
            ["* 118 slot 2 audio alice@127.0.0.1", "* 118 slot 3 screen joe@127.0.0.1"],
            _session.Notify(Seated(("2", "audio", "alice"), ("3", "screen", "joe"), ("4", "audio", null))));
        Assert.Equal(["* 118 slot 3 free"], _session.Notify(Seated(("2", "audio", "alice"), ("3", "video", null))));
        // A line that is not there any more is free as well.
        Assert.Equal(["* 118 slot 2 free"], _session.Notify(Seated()));
    }

    [Fact]
    public void Who_asks_for_events_later_hears_who_sits_there_by_then()
    {
        _session.Say("CONN video standup@127.0.0.1");
        Assert.Empty(_session.Notify(Seated(("3", "video", "joe"))));
        Assert.Empty(_session.Notify(Seated(("3", "video", "alice")) with { IsShort = true }));
        Assert.Equal(["310 session on", "* 118 slot 3 video alice@127.0.0.1", "* 119 slots short"], _session.Say("SETP session events on"));
        Assert.Equal(["310 session on"], _session.Say("SETP session events on"));
    }

    [Fact]
    public void That_lines_are_short_is_told_once_for_so_many_lines()
    {
        _session.Say("SETP session events on", "CONN video standup@127.0.0.1");
        var one = Seated(("3", "video", null));
        var two = Seated(("3", "video", null), ("5", "video", null));
        Assert.Equal(["* 119 slots short"], _session.Notify(one with { IsShort = true }));
        Assert.Empty(_session.Notify(one with { IsShort = true }));
        Assert.Equal(["* 119 slots short"], _session.Notify(two with { IsShort = true }));
        Assert.Empty(_session.Notify(two));
        Assert.Equal(["* 119 slots short"], _session.Notify(two with { IsShort = true }));
    }

    [Fact]
    public void Lines_of_the_next_room_are_other_lines()
    {
        _session.Say("SETP session events on", "CONN video standup@127.0.0.1");
        Assert.Equal(["* 118 slot 3 video joe@127.0.0.1"], _session.Notify(Seated(("3", "video", "joe"))));
        _session.Say("DCON video standup@127.0.0.1", "CONN video lunch@127.0.0.1");
        Assert.Equal(["* 118 slot 3 video joe@127.0.0.1"], _session.Notify(Seated(("3", "video", "joe"))));
    }

    [Fact]
    public void Layers_that_were_negotiated_are_in_force_as_if_they_had_been_set_and_nothing_is_answered()
    {
        _session.Machine.Receive(new Command.Negotiated(Service.Video, _layers));
        Assert.Empty(_session.Take());
        Assert.Empty(_session.Answered);
        Assert.Equal(_layers, Assert.IsType<SessionRequest.Configure>(Assert.Single(_session.Asked)).Parameters.Layers);
        Assert.Equal(["310 video 7:150,8:500,9:1500"], _session.Say("GETP video layers"));
        _session.Say("CONN video standup@127.0.0.1");
        Assert.Equal(_layers, Assert.IsType<SessionRequest.Connect>(_session.Asked[^1]).Parameters.Layers);
    }

    [Fact]
    public void They_wait_for_their_turn_so_that_what_a_client_sets_meanwhile_is_kept()
    {
        var silent = new SessionDriver(_ => null, web: _token);
        Assert.Equal(["ask Configure"], silent.Say("SETP video rate 10"));
        silent.Machine.Receive(new Command.Negotiated(Service.Video, _layers));
        Assert.Empty(silent.Take());
        Assert.Equal(["310 video 10", "ask Configure"], silent.Complete(new SessionOutcome.Done()));
        Assert.Equal((10, _layers), silent.Asked[^1] is SessionRequest.Configure { Parameters: var all } ? (all.Rate, all.Layers) : default);
        Assert.Empty(silent.Complete(SessionOutcome.Refused.TryAgain));
        Assert.Equal(["310 video 7:150,8:500,9:1500"], silent.Say("GETP video layers"));
    }

    private static SessionNotice.Seated Seated(params (string Mid, string Service, string? Who)[] seats) => new(
        [.. seats.Select(s => new Seat(s.Mid, s.Who is null ? null : (Of(s.Service), Name.Parse(s.Who))))], IsShort: false);

    private static Service Of(string service) => Service.TryParse(service, out var known) ? known : throw new ArgumentException(service);
}
