using System.Net;
using Akka.Actor;
using Conference.Actors.Sessions;
using Conference.Media;
using Conference.Node.Web.Sdp;
using Conference.Protocol.Commands;

namespace Conference.Node.Web;

/// <summary>One browser's session, where its media is negotiated: offers in, answers out. Safe from any thread; offers are taken one after the other.</summary>
internal sealed class WebSession(IActorRef session, IMediaPlane plane)
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();

    // Both are guarded by _gate.
    private (WebId Web, Negotiation Negotiation)? _agreed;
    private WebId? _ended;

    public IActorRef Session => session;

    /// <summary>The first offer of a stay in a room.</summary>
    /// <param name="offer">The browser's.</param>
    /// <param name="address">Where it is to reach this node.</param>
    /// <exception cref="AskTimeoutException">The session does not answer.</exception>
    public async Task<WebAnswer> BeginAsync(Offer offer, IPAddress address)
    {
        var connection = await ReadConnectionAsync();
        lock (_gate)
        {
            if (connection is null)
                return WebAnswer.Conflict.NotConnected;
            if (connection.Id == _ended)
                return WebAnswer.Conflict.Ended;
            return connection.Id == _agreed?.Web ? WebAnswer.Conflict.Begun : Agree(connection, new Negotiation(), offer, address);
        }
    }

    /// <summary>A later one: lines may have come or gone.</summary>
    /// <param name="offer">The browser's.</param>
    /// <param name="address">Where it is to reach this node.</param>
    /// <exception cref="AskTimeoutException">The session does not answer.</exception>
    public async Task<WebAnswer> ChangeAsync(Offer offer, IPAddress address)
    {
        var connection = await ReadConnectionAsync();
        lock (_gate)
        {
            if (connection is null)
                return WebAnswer.Conflict.NotConnected;
            if (connection.Id == _ended)
                return WebAnswer.Conflict.Ended;
            return _agreed is var (web, negotiation) && web == connection.Id ? Agree(connection, negotiation, offer, address) : WebAnswer.Conflict.NotBegun;
        }
    }

    /// <summary>Nothing flows any more. The session, and its place in the room, stay.</summary>
    /// <returns>False where it is in no room.</returns>
    /// <exception cref="AskTimeoutException">The session does not answer.</exception>
    public async Task<bool> EndAsync()
    {
        if (await ReadConnectionAsync() is not { } connection)
            return false;
        lock (_gate)
            _ended = connection.Id;
        plane.CloseWeb(connection.Id);
        return true;
    }

    private async Task<WebOpening.Opened?> ReadConnectionAsync() =>
        (await session.Ask<SessionMedia>(SessionCommands.ReadMedia.Instance, _deadline)).Connection;

    /// <summary>Called with _gate held. What is agreed on is in force before the browser hears of it.</summary>
    private WebAnswer Agree(WebOpening.Opened connection, Negotiation negotiation, Offer offer, IPAddress address)
    {
        if (plane.WebFingerprint is not { } fingerprint)
            return WebAnswer.Conflict.NotConnected;
        var agreed = negotiation.Take(offer);
        if (!agreed.Plan.HasMedia)
            return new WebAnswer.Useless("The offer has no codec that is known here: Opus for sound, VP8 or H.264 (packetization-mode 1) for pictures.");
        _agreed = (connection.Id, negotiation);
        plane.Agree(connection.Id, agreed.Agreement);
        foreach (var (service, layers) in agreed.Layers)
            session.Tell(new Command.Negotiated(service, layers), ActorRefs.NoSender);
        var transport = new AnswerTransport(connection.Ufrag, connection.Password, fingerprint, address, plane.WebNumber, HasUdp: true, HasTcp: true);
        return new WebAnswer.Sdp(AnswerWriter.Write(agreed.Plan, transport, agreed.Id, agreed.Version), agreed.Version);
    }
}

/// <summary>What is answered to an offer.</summary>
internal abstract record WebAnswer
{
    private WebAnswer() { }

    /// <param name="Text">SDP.</param>
    /// <param name="Version">From 1.</param>
    public sealed record Sdp(string Text, long Version) : WebAnswer
    {
        // There is a password in it.
        public override string ToString() => $"Sdp {{ Version = {Version} }}";
    }

    /// <summary>It can be read, and nothing in it be used.</summary>
    public sealed record Useless(string Why) : WebAnswer;

    /// <summary>Not now.</summary>
    public sealed record Conflict(string Why) : WebAnswer
    {
        public static Conflict NotConnected { get; } = new("CONN comes first");

        public static Conflict Begun { get; } = new("the media is negotiated: PUT changes it");

        public static Conflict NotBegun { get; } = new("POST comes first");

        public static Conflict Ended { get; } = new("the media has been ended: after the last DCON, CONN begins anew");
    }
}
