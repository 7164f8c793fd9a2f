namespace Conference.Media.Web;

/// <summary>
/// What a browser calls a codec, and what everybody else here does (96 VP8, 102 H.264, 111 Opus). Browsers number them as they please:
/// what is 96 in Chromium is another in Safari.
/// </summary>
/// <param name="Browser">The browser's payload type.</param>
/// <param name="Room">The room's.</param>
/// <param name="Rtx">The browser's payload type of what is sent again; null where that has not been negotiated.</param>
public readonly record struct WebPayloadType(byte Browser, byte Room, byte? Rtx)
{
    /// <summary>The room's for sound; all others are pictures.</summary>
    public const byte Opus = 111;
}
