using Conference.Media.Web;

namespace Conference.Node.Web.Sdp;

/// <summary>A codec both sides will use on a line.</summary>
/// <param name="Codec">The browser's.</param>
/// <param name="House">The same, here.</param>
/// <param name="Feedback">What is agreed on of what the browser can do: rtcp-fb.</param>
internal sealed record AgreedCodec(OfferedCodec Codec, HouseCodec House, IReadOnlyList<string> Feedback)
{
    /// <summary>Sound is not sent again: it would come too late.</summary>
    public byte? Rtx => House.Kind == "video" ? Codec.Rtx : null;

    public WebPayloadType PayloadType => new(Codec.PayloadType, House.PayloadType, Rtx);
}
