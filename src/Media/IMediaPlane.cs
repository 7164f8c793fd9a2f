using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Conference.Media.Web;

namespace Conference.Media;

/// <summary>
/// The media plane: actors decide who hears whom, the plane carries it. No datagram ever enters a mailbox.
/// Every member is safe from any thread and returns at once; none throws for anything a peer can do.
/// </summary>
public interface IMediaPlane
{
    /// <summary>
    /// Takes a port number and starts listening on it before returning, so that a datagram sent the moment the client
    /// knows the number is kept. The port hears and sends nothing until routes name it.
    /// </summary>
    PortOpening Open(PortRequest request);

    /// <summary>Stops the port and returns its number to the pool. A port that is not open is ignored.</summary>
    void Close(PortId port);

    /// <summary>Replaces a room's routes. They are in force, on whichever loops the room lives, before any datagram that
    /// reaches this host after the call has returned is forwarded.</summary>
    void Apply(MediaRoutes routes);

    /// <summary>
    /// From now on a datagram that begins with the token, to a port's number in either address family, makes its sender the port's client; what
    /// stands behind the token is forwarded. The token before it, if it has been shown to another port meanwhile, still holds for this one. When a token
    /// is shown for the first time, <see cref="MediaEvent.Roamed"/> says so: then its ports should be given another. A port that is not open is ignored.
    /// </summary>
    /// <param name="token">Null: the port takes none any more. Where it has been taken to, it stays.</param>
    void Roam(PortId port, RoamToken? token);

    /// <summary>What happened on ports, in order per port. A reader that falls behind loses the oldest; they are hints, not state.</summary>
    ChannelReader<MediaEvent> Events { get; }

    /// <summary>One port's counters, or null when it is not open.</summary>
    PortStatistics? Read(PortId port);

    /// <summary>Whether what flows to a port now could be thinned to so many frames a second; true where nothing flows yet. A hint: what
    /// others send may change with the next packet.</summary>
    bool CanThin(PortId port, int rate);

    /// <summary>Frames a second forwarded to a port now, of the picture that has most; null where no picture is.</summary>
    double? ReadRate(PortId port);

    /// <summary>What comes in at a port, source by source, but for those silent for 10 s; empty when it is not open.</summary>
    ImmutableArray<SourceStatistics> ReadSources(PortId port);

    /// <summary>The whole plane's counters since start.</summary>
    MediaStatistics Read();

    /// <summary>Makes a new key by which another node may send to this one from now on, and by the one it has used last. Null where
    /// <see cref="MediaOptions.Trunk"/> is.</summary>
    TrunkOffer? OfferTrunk(PeerId peer);

    /// <summary>From now on what is for another node is sent by this offer, which that node has made for this one.</summary>
    /// <returns>False, and nothing changes, for an offer that cannot be used, or has been before: counters begin anew with each.</returns>
    bool OpenTrunk(PeerId peer, TrunkOffer offer);

    /// <summary>Another node is gone: nothing is sent to it any more, and nothing understood that comes by its keys.</summary>
    void CloseTrunk(PeerId peer);

    /// <summary>What the certificate shown to browsers is known by; null where there are none.</summary>
    CertificateFingerprint? WebFingerprint { get; }

    /// <summary>The port browsers reach this node by; 0 where there are none.</summary>
    int WebNumber { get; }

    /// <summary>Makes a way in for one browser, to one room. It is found by what its answer will say, and ports are opened by it with
    /// <see cref="PortRequest.Web"/>.</summary>
    WebOpening OpenWeb(RoomId room);

    /// <summary>Puts in force what an answer says, before the answer is sent.</summary>
    void Agree(WebId web, WebAgreement agreement);

    /// <summary>Ends the connection. Its ports are to be closed too, before or after.</summary>
    void CloseWeb(WebId web);

    /// <summary>Null where it is not open.</summary>
    WebState? ReadWeb(WebId web);

    /// <summary>Who sits where, line by line; empty where it is not open.</summary>
    ImmutableArray<WebSeat> ReadSeats(WebId web);
}

/// <param name="Room">The room it will belong to; ports of one room share a loop.</param>
/// <param name="Service">What it carries.</param>
/// <param name="Client">The only address the port will ever hear: the TCP peer's. An IPv4-mapped IPv6 address counts as IPv4.</param>
public sealed record PortRequest(RoomId Room, ServiceName Service, IPAddress Client)
{
    /// <summary>The browser's connection that carries it, which must be one to this room: it then has no number of its own, and hears no
    /// <see cref="Client"/>. Null for a port as QCVC has them.</summary>
    public WebId? Web { get; init; }
}

/// <summary>The answer to <see cref="IMediaPlane.Open"/>.</summary>
public abstract record PortOpening
{
    private PortOpening() { }

    /// <param name="Port">The port's identity.</param>
    /// <param name="Number">Its UDP port number, what a client is told.</param>
    /// <param name="Loop">The loop its room lives on: the same for all ports of the room, for as long as there is one.</param>
    public sealed record Opened(PortId Port, int Number, int Loop = 0) : PortOpening;

    /// <summary>This client's address already uses every number of the pool.</summary>
    public sealed record NoPortFree : PortOpening;

    /// <summary>There are <see cref="MediaOptions.MaxPorts"/> open.</summary>
    public sealed record Full : PortOpening;

    /// <summary>The operating system refused a socket (descriptors or memory are out).</summary>
    public sealed record Failed(string Reason) : PortOpening;
}

/// <summary>Something that happened on a port.</summary>
public abstract record MediaEvent(RoomId Room, PortId Port)
{
    /// <summary>The port learned where its client sends from; again when the client moved: to another source port after
    /// silence, or anywhere by a token.</summary>
    public sealed record Latched(RoomId Room, PortId Port) : MediaEvent(Room, Port);

    /// <summary>A token was shown for the first time.</summary>
    /// <param name="Port">To which of its ports.</param>
    public sealed record Roamed(RoomId Room, PortId Port, RoamToken Token) : MediaEvent(Room, Port);

    /// <summary>Somebody else speaks now.</summary>
    /// <param name="Port">The port the voice comes in at; of another node, as that numbers it, for somebody who is there.</param>
    /// <param name="Participant">Whose that is, as the routes have it.</param>
    public sealed record SpeakerChanged(RoomId Room, PortId Port, ParticipantId Participant) : MediaEvent(Room, Port);

    /// <summary>Others sit on a browser's lines now, or may do since the routes changed: see <see cref="IMediaPlane.ReadSeats"/>. Or somebody found no line free.</summary>
    /// <param name="Port">One of the browser's ports.</param>
    /// <param name="IsShort">Somebody is not shown for want of a line.</param>
    public sealed record Seated(RoomId Room, PortId Port, WebId Web, bool IsShort) : MediaEvent(Room, Port);

    /// <summary>A browser's connection is up, or is lost: see <see cref="IMediaPlane.ReadWeb"/>.</summary>
    /// <param name="Port">One of the browser's ports.</param>
    public sealed record WebChanged(RoomId Room, PortId Port, WebId Web) : MediaEvent(Room, Port);
}
