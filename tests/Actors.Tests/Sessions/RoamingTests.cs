using Conference.Actors.Tests.Support;
using Conference.Media;

namespace Conference.Actors.Tests.Sessions;

/// <summary>A session's ports follow it by a token, which is another one whenever it has been shown.</summary>
public sealed class RoamingTests : IAsyncLifetime
{
    private readonly Support.Conference _conference = new();

    public ValueTask InitializeAsync() => _conference.InitializeAsync();

    public ValueTask DisposeAsync() => _conference.DisposeAsync();

    [Fact]
    public void All_ports_of_a_session_there_are_and_will_be_follow_its_token_until_it_is_turned_off()
    {
        var joe = _conference.SignIn("joe");
        Connect(joe, "video");
        Assert.Empty(_conference.Plane.Roaming);
        string token = TurnOn(joe);
        Assert.Equal([token], Taken());
        Connect(joe, "audio");
        Assert.Equal([token, token], Taken());
        Assert.Equal(2, _conference.Plane.Roaming.Select(r => r.Port).Distinct().Count());

        _conference.Plane.Roaming.Clear();
        Assert.Equal("310 session off", joe.Ask("SETP session roam off"));
        Assert.Equal(["none", "none"], Taken());
        Connect(joe, "screen");
        Assert.Equal(2, _conference.Plane.Roaming.Count);
    }

    [Fact]
    public void Another_session_has_another_token()
    {
        var (joe, alice) = (_conference.SignIn("joe"), _conference.SignIn("alice"));
        Connect(joe, "video");
        Connect(alice, "video");
        string token = TurnOn(joe);
        Assert.Equal("310 session off", alice.Ask("GETP session roam"));
        Assert.NotEqual(token, TurnOn(alice));
        // Asked again, it is another: nobody else can know that one.
        Assert.NotEqual(token, TurnOn(joe));
    }

    [Fact]
    public void A_token_that_was_shown_is_replaced_and_told_to_its_session_alone()
    {
        var (joe, alice) = (_conference.SignIn("joe"), _conference.SignIn("alice"));
        foreach (var client in (Client[])[joe, alice])
        {
            Connect(client, "video");
            Connect(client, "audio");
            TurnOn(client);
        }

        _conference.Advance(TimeSpan.FromSeconds(1));
        RoamToken shown = _conference.Plane.Roaming.First().Token!;
        _conference.Plane.Roaming.Clear();
        Show(shown);
        string line = joe.Read();
        Assert.Matches("^122 roam [0-9a-f]{16}$", line);
        _conference.AwaitIdle();
        Assert.Equal([line[^16..], line[^16..]], Taken());
        Assert.NotEqual(shown.ToHex(), line[^16..]);
        Assert.Equal($"310 session {line[^16..]}", joe.Ask("GETP session roam"));

        // Told late, it changes nothing.
        Show(shown);
        _conference.AwaitIdle();
        Assert.Equal(2, _conference.Plane.Roaming.Count);
        joe.Connection.ExpectNothing();
        alice.Connection.ExpectNothing();
    }

    [Fact]
    public void A_session_gets_one_token_a_second_at_most()
    {
        var joe = _conference.SignIn("joe");
        Connect(joe, "video");
        TurnOn(joe);
        Show(_conference.Plane.Roaming.Last().Token!);
        _conference.Advance(TimeSpan.FromSeconds(0.9));
        joe.Connection.ExpectNothing();
        _conference.Advance(TimeSpan.FromSeconds(0.1));
        Assert.StartsWith("122 roam ", joe.Read(), StringComparison.Ordinal);

        // Turned off while one is due, none comes.
        Show(_conference.Plane.Roaming.Last().Token!);
        Assert.Equal("310 session off", joe.Ask("SETP session roam off"));
        _conference.Advance(TimeSpan.FromSeconds(5));
        joe.Connection.ExpectNothing();
    }

    private static string TurnOn(Client client)
    {
        string line = client.Ask("SETP session roam on");
        Assert.Matches("^310 session [0-9a-f]{16}$", line);
        Assert.Equal(line, client.Ask("GETP session roam"));
        return line[^16..];
    }

    private static void Connect(Client client, string service) =>
        Assert.StartsWith($"303 {service} ", client.Ask($"CONN {service} standup@example.org"), StringComparison.Ordinal);

    private IEnumerable<string> Taken() => _conference.Plane.Roaming.Select(r => r.Token?.ToHex() ?? "none");

    private void Show(RoamToken token)
    {
        PortId port = _conference.Plane.Applied.Last().Ports[0].Port;
        _conference.Plane.Happen(new MediaEvent.Roamed(new RoomId("standup"), port, token));
        _conference.AwaitIdle();
    }
}
