namespace Conference.Media.Web;

/// <summary>Payload types of one browser in one direction, both ways.</summary>
internal sealed class WebPayloadTypes
{
    private const byte None = 0xFF;

    private readonly byte[] _toRoom = Filled();
    private readonly byte[] _toBrowser = Filled();
    private readonly byte[] _rtxOf = Filled();
    private readonly byte[] _ofRtx = Filled();

    public WebPayloadTypes(IEnumerable<WebPayloadType> types)
    {
        foreach (WebPayloadType type in types)
        {
            // The first is the one to prefer.
            if (_toBrowser[type.Room & 0x7F] == None)
                _toBrowser[type.Room & 0x7F] = type.Browser;
            _toRoom[type.Browser & 0x7F] = type.Room;
            if (type.Rtx is not { } rtx)
                continue;
            _rtxOf[type.Browser & 0x7F] = rtx;
            _ofRtx[rtx & 0x7F] = type.Browser;
        }
    }

    public bool TryToRoom(byte browser, out byte room) => TryLook(_toRoom, browser, out room);

    public bool TryToBrowser(byte room, out byte browser) => TryLook(_toBrowser, room, out browser);

    /// <summary>The payload type under which a browser is sent something again.</summary>
    public bool TryGetRtx(byte browser, out byte rtx) => TryLook(_rtxOf, browser, out rtx);

    /// <summary>The browser's payload type of what was sent again under this one.</summary>
    public bool TryGetOriginal(byte rtx, out byte browser) => TryLook(_ofRtx, rtx, out browser);

    private static byte[] Filled()
    {
        byte[] table = new byte[128];
        table.AsSpan().Fill(None);
        return table;
    }

    private static bool TryLook(byte[] table, byte type, out byte found)
    {
        found = table[type & 0x7F];
        return found != None;
    }
}
