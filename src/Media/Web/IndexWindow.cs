namespace Conference.Media.Web;

/// <summary>Which packet indexes of one SSRC have come, of the last <see cref="Size"/> (RFC 3711 section 3.3.2).</summary>
internal sealed class IndexWindow() : PacketWindow(Size)
{
    /// <summary>Two seconds of a picture that needs a thousand packets a second.</summary>
    public const int Size = 31 * 64;
}
