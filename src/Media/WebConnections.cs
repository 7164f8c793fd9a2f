using System.Collections.Immutable;
using Conference.Media.Web;

namespace Conference.Media;

/// <summary>One browser's connection: one path, one handshake, for all its ports in one room. Never reused in a process's life.</summary>
public readonly record struct WebId(long Value);

/// <summary>Settings of what browsers are reached by (<c>Web:*</c>).</summary>
/// <param name="Port">The one port for all of them, by UDP and by TCP; 0 for any that is free.</param>
public sealed record WebOptions(int Port)
{
    /// <summary>Connections by TCP at a time, each of which takes two more descriptors.</summary>
    public int MaxTcpConnections { get; init; } = 1000;
}

/// <summary>The answer to <see cref="IMediaPlane.OpenWeb"/>.</summary>
public abstract record WebOpening
{
    private WebOpening() { }

    /// <param name="Id">The connection's identity.</param>
    /// <param name="Ufrag">By which the browser's checks name us.</param>
    /// <param name="Password">By which it signs them.</param>
    public sealed record Opened(WebId Id, string Ufrag, string Password) : WebOpening
    {
        /// <summary>Without the password.</summary>
        public override string ToString() => $"Opened {{ Id = {Id}, Ufrag = {Ufrag} }}";
    }

    /// <summary>There are no browsers on this node.</summary>
    public sealed record Off(string Reason) : WebOpening;
}

/// <summary>What an answer has agreed on with a browser: replaced whole by the next answer.</summary>
/// <param name="Fingerprints">Of the certificates the browser may show; those of the first agreement hold.</param>
/// <param name="Extensions">One set for all lines.</param>
/// <param name="Uplinks">What the browser sends.</param>
/// <param name="Downlinks">What it is sent by. Those of an earlier agreement stay.</param>
/// <param name="UplinkTypes">Payload types of what it sends.</param>
/// <param name="DownlinkTypes">And of what it is sent; another payload type of the room does not reach it.</param>
public sealed record WebAgreement(
    ImmutableArray<CertificateFingerprint> Fingerprints,
    WebExtensionIds Extensions,
    ImmutableArray<WebUplinkLine> Uplinks,
    ImmutableArray<WebDownlinkLine> Downlinks,
    ImmutableArray<WebPayloadType> UplinkTypes,
    ImmutableArray<WebPayloadType> DownlinkTypes);

/// <summary>The ids of RTP header extensions, 1 to 255; 0 for what was not agreed on.</summary>
public readonly record struct WebExtensionIds(int Mid, int Rid, int RepairedRid, int AudioLevel, int SendTime, int TransportSequence);

/// <summary>A line on which a browser sends.</summary>
/// <param name="Mid">Its name.</param>
/// <param name="Service">What it carries. It goes to the connection's port of that service, as long as there is one.</param>
/// <param name="Layers">Best last; one without a rid where the picture has no layers.</param>
public sealed record WebUplinkLine(string Mid, ServiceName Service, ImmutableArray<WebLayer> Layers);

/// <summary>One quality of what a browser sends on a line.</summary>
/// <param name="Rid">By which the browser names it; empty where it does not.</param>
/// <param name="Ssrc">By which the room knows it, whatever the browser's own is: so it can be told before anything flows.</param>
/// <param name="Announced">The browser's own, where the offer names it; null where packets will tell.</param>
public sealed record WebLayer(string Rid, Ssrc Ssrc, Ssrc? Announced = null)
{
    /// <summary>Under which the browser sends it again, where the offer names it.</summary>
    public Ssrc? AnnouncedRtx { get; init; }
}

/// <summary>A line on which a browser is sent whoever sits there.</summary>
/// <param name="Mid">Its name.</param>
/// <param name="IsVideo">A picture, else sound.</param>
/// <param name="Pair">Sound and picture of one number are played in step: whoever sits in one gets the other.</param>
/// <param name="Ssrc">What the browser knows it by.</param>
/// <param name="RtxSsrc">Under which things are sent again.</param>
public sealed record WebDownlinkLine(string Mid, bool IsVideo, int Pair, Ssrc Ssrc, Ssrc RtxSsrc);

/// <summary>Who sits on a line now.</summary>
/// <param name="Mid">The line's name.</param>
/// <param name="Service">What they send.</param>
/// <param name="Participant">Whose it is; null for a line where nobody sits.</param>
public sealed record WebSeat(string Mid, ServiceName? Service, ParticipantId? Participant);

/// <summary>How a browser's connection is.</summary>
public enum WebState
{
    /// <summary>No path yet, or the handshake is not over.</summary>
    Connecting,

    /// <summary>Media flows.</summary>
    Connected,

    /// <summary>The handshake failed, or nothing has been heard for half a minute. It will not come back.</summary>
    Lost,
}
