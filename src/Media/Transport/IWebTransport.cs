using Conference.Media.Forwarding;
using Conference.Media.Web;

namespace Conference.Media.Transport;

/// <summary>What carries browsers. <see cref="MediaPlane"/> calls it under its lock.</summary>
internal interface IWebTransport
{
    /// <summary>Of the certificate they are shown.</summary>
    CertificateFingerprint Fingerprint { get; }

    /// <summary>The one number they come to.</summary>
    int Number { get; }

    /// <param name="home">The loop the room lives on.</param>
    /// <param name="outlet">The loop that sends to this browser.</param>
    WebOpening.Opened Open(WebId id, RoomId room, int home, int outlet);

    void Agree(WebId web, WebAgreement agreement);

    /// <returns>Null where it is not open.</returns>
    WebState? StateOf(WebId web);

    /// <summary>Every line, and the port by which whoever sits there comes.</summary>
    IEnumerable<(WebSeating Seat, ClientPort? Port)> SeatsOf(WebId web);

    /// <summary>The connections to a room, each with one of its ports.</summary>
    IEnumerable<(WebId Web, PortId Port)> ConnectionsTo(RoomId room);

    /// <summary>The loop that sends to it; null where it is not open, or not to this room.</summary>
    int? LoopOf(WebId web, RoomId room);

    /// <summary>A port that is one of the connection's; null where it has too many.</summary>
    ClientPort? OpenPort(WebId web, PortId id, RoomService service);

    void ClosePort(ClientPort port);

    /// <returns>Its room; null where it was not open.</returns>
    RoomId? Close(WebId web);
}
