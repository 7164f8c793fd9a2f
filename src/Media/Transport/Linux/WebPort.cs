using System.Net;
using Conference.Media.Forwarding;
using Conference.Media.Layers;
using Conference.Media.Web;

namespace Conference.Media.Transport.Linux;

/// <summary>A CONN's port that a browser's connection carries, with others of the same browser.</summary>
/// <param name="link">That connection.</param>
/// <param name="channel">Its place among the connection's ports.</param>
/// <param name="index">Its place in the <see cref="WebPortTable"/>.</param>
internal sealed class WebPort(PortId id, RoomService service, WebLink link, int channel, int index, int number)
    : LoopPort(id, service, default, IPAddress.None, number, link.Home), IWebAudience
{
    /// <summary>Marks the handle of a port whose datagrams are sealed; the rest of the handle, but for <see cref="Outbox.RelayBit"/>, is its index.</summary>
    public const int HandleBit = 1 << 29;

    public WebLink Link => link;

    public int Channel => channel;

    public int Index => index;

    public override ReceiverPath ReceiverPath => link.ReceiverPath;

    public override SentSoFar Sent => link.Sent;

    public override WebId? Web => link.Id;

    /// <summary>From now on it is sent to. Under the link's gate.</summary>
    public void Connect() => Handle = index | HandleBit | (Outlet == Home ? 0 : Outbox.RelayBit);

    public ParticipantId? WhoSends(uint source)
    {
        ServiceRoutes routes = Service.Routes;
        foreach (ref readonly RouteEntry entry in routes.Entries)
        {
            if (entry.Port.Sources.Shows(source))
                return entry.Participant;
        }

        foreach (ref readonly RemoteEntry entry in routes.Remote)
        {
            if (entry.Port.Sources.Shows(source))
                return entry.Participant;
        }

        return null;
    }

    public bool IsHere(ParticipantId who)
    {
        ServiceRoutes routes = Service.Routes;
        foreach (ref readonly RouteEntry entry in routes.Entries)
        {
            if (entry.Participant == who)
                return true;
        }

        foreach (ref readonly RemoteEntry entry in routes.Remote)
        {
            if (entry.Participant == who)
                return true;
        }

        return false;
    }
}
