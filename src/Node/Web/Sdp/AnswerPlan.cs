using Conference.Media.Web;

namespace Conference.Node.Web.Sdp;

/// <summary>What is answered to an offer, line by line, before it is text: the media plane is told by it too.</summary>
internal sealed class AnswerPlan
{
    /// <summary>Layers of one picture; more are not asked for.</summary>
    public const int MaxRids = 3;

    /// <summary>What goes into a header extension's one-byte form, which is the one we write.</summary>
    private const int MaxWrittenId = 14;

    private const string TransportFeedback = "transport-cc";
    private const string BandwidthEstimate = "goog-remb";

    private static readonly string[] _pictureFeedback = ["nack", "nack pli", "ccm fir"];

    private AnswerPlan(Offer offer, IReadOnlyList<AnswerLine> lines)
    {
        Offer = offer;
        Lines = lines;
    }

    public Offer Offer { get; }

    /// <summary>As many as the offer's.</summary>
    public IReadOnlyList<AnswerLine> Lines { get; }

    /// <summary>False where the two have no codec in common: there is nothing to connect for.</summary>
    public bool HasMedia => Lines.Any(l => l is AnswerLine.Accepted);

    public IEnumerable<AnswerLine.Uplink> Uplinks => Lines.OfType<AnswerLine.Uplink>();

    public IEnumerable<AnswerLine.Downlink> Downlinks => Lines.OfType<AnswerLine.Downlink>();

    /// <summary>Payload types of what the browser sends.</summary>
    public IReadOnlyList<WebPayloadType> UplinkTypes => TypesOf(Uplinks);

    /// <summary>Payload types of what it is sent.</summary>
    public IReadOnlyList<WebPayloadType> DownlinkTypes => TypesOf(Downlinks);

    /// <param name="pictures">The codecs of pictures to take from the browser, best first: it sends by the first it has.</param>
    /// <param name="slotOf">Of a line on which the browser receives; null where it shall stay idle. It is asked in the order of lines.</param>
    /// <param name="isSent">Whether what the browser sends on a line is taken; where not, that stays idle. Null takes all.</param>
    public static AnswerPlan Make(
        Offer offer, IReadOnlyList<HouseCodec> pictures, Func<OfferedLine, AnswerSlot?> slotOf, Func<OfferedLine, bool>? isSent = null)
    {
        List<AnswerLine> lines = [];
        foreach (OfferedLine line in offer.Lines)
        {
            IEnumerable<HouseCodec> known = line.IsVideo ? pictures : line.IsAudio ? [HouseCodec.Opus] : [];
            List<(HouseCodec House, OfferedCodec Codec)> codecs =
                [.. known.Select(h => (House: h, Codec: h.Choose(line))).Where(c => c.Codec is not null).Select(c => (c.House, c.Codec!))];
            lines.Add(!line.IsUsable || codecs.Count == 0 ? new AnswerLine.Refused(line) : Accept(line, codecs, slotOf, isSent ?? (_ => true)));
        }

        return new AnswerPlan(offer, lines);
    }

    private static AnswerLine.Accepted Accept(
        OfferedLine line, List<(HouseCodec House, OfferedCodec Codec)> codecs, Func<OfferedLine, AnswerSlot?> slotOf, Func<OfferedLine, bool> isSent)
    {
        switch (line.Direction)
        {
            case MediaDirection.SendOnly or MediaDirection.SendRecv when isSent(line):
                return Uplink(line, codecs[0].House, codecs[0].Codec);
            case MediaDirection.RecvOnly when slotOf(line) is { } slot:
                return new AnswerLine.Downlink(line, [.. codecs.Select(c => Agree(c.House, c.Codec, BandwidthEstimate))], DownlinkExtensions(line), slot);
            default:
                return new AnswerLine.Idle(line, [.. codecs.Select(c => Agree(c.House, c.Codec, BandwidthEstimate))], DownlinkExtensions(line));
        }
    }

    /// <summary>The browser learns what its way up takes by transport-wide feedback; where it cannot, it is told an estimate.</summary>
    private static AnswerLine.Uplink Uplink(OfferedLine line, HouseCodec house, OfferedCodec codec)
    {
        bool usesTransport = codec.Feedback.Contains(TransportFeedback) && line.Extensions.ContainsKey(Extensions.TransportSequence);
        // Without an extension that names them, layers cannot be told apart.
        bool hasRids = line.Rids.Count > 0 && line.Extensions.ContainsKey(Extensions.Rid);
        IEnumerable<string> wanted = [Extensions.Mid, usesTransport ? Extensions.TransportSequence : Extensions.AbsoluteSendTime];
        if (line.IsAudio)
            wanted = wanted.Append(Extensions.AudioLevel);
        if (hasRids)
            wanted = wanted.Append(Extensions.Rid).Append(Extensions.RepairedRid);
        return new AnswerLine.Uplink(
            line, [Agree(house, codec, usesTransport ? TransportFeedback : BandwidthEstimate)], Agree(line, wanted), hasRids ? [.. line.Rids.Take(MaxRids)] : []);
    }

    /// <summary>With these a browser tells what it estimates, which it does not where there is transport-wide feedback too.</summary>
    private static Dictionary<string, int> DownlinkExtensions(OfferedLine line)
    {
        Dictionary<string, int> agreed = Agree(line, line.IsAudio ? [Extensions.Mid, Extensions.AbsoluteSendTime, Extensions.AudioLevel] : [Extensions.Mid, Extensions.AbsoluteSendTime]);
        return agreed.Where(e => e.Value <= MaxWrittenId).ToDictionary();
    }

    private static Dictionary<string, int> Agree(OfferedLine line, IEnumerable<string> extensions) =>
        extensions.Where(line.Extensions.ContainsKey).ToDictionary(e => e, e => line.Extensions[e]);

    private static AgreedCodec Agree(HouseCodec house, OfferedCodec codec, string estimate)
    {
        IEnumerable<string> wanted = house.Kind == "video" ? [.. _pictureFeedback, estimate] : [estimate];
        return new AgreedCodec(codec, house, [.. wanted.Where(codec.Feedback.Contains)]);
    }

    private static List<WebPayloadType> TypesOf(IEnumerable<AnswerLine.Accepted> lines) =>
        [.. lines.SelectMany(l => l.Codecs).Select(c => c.PayloadType).DistinctBy(t => t.Browser)];
}
