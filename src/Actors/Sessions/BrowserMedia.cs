using Conference.Media;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Sessions;

/// <summary>
/// The one connection that carries all media of a session in a browser: to the one room it is in, from its first CONN there to its last DCON. Part of a
/// session.
/// </summary>
internal sealed class BrowserMedia(IMediaPlane plane)
{
    private Name _room;

    /// <summary>Null while the session is in no room.</summary>
    public WebOpening.Opened? Connection { get; private set; }

    /// <summary>It will not come back.</summary>
    public bool IsLost => Connection is { } open && plane.ReadWeb(open.Id) == WebState.Lost;

    /// <summary>For the next CONN: the connection there is, or a new one.</summary>
    /// <returns>Null where there are no browsers on this node, or it is open to another room.</returns>
    public WebId? Enter(Name room)
    {
        if (Connection is null && plane.OpenWeb(new RoomId(room.ToString())) is WebOpening.Opened opened)
            (_room, Connection) = (room, opened);
        return _room == room ? Connection?.Id : null;
    }

    /// <summary>The last CONN is over.</summary>
    public void Leave()
    {
        if (Connection is { } open)
            plane.CloseWeb(open.Id);
        Connection = null;
    }
}
