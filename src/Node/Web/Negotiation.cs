using System.Collections.Immutable;
using Conference.Media;
using Conference.Node.Web.Sdp;
using Conference.Protocol;
using Conference.Protocol.Session;

namespace Conference.Node.Web;

/// <summary>
/// What this node and one browser have agreed on, over all of its offers: which line carries what, and by which numbers. A line keeps what it was given for as
/// long as it is offered. Not for several threads at once.
/// </summary>
internal sealed class Negotiation
{
    /// <summary>Lines on which one browser was ever sent somebody; those beyond stay idle.</summary>
    public const int MaxSlots = 2 * SdpSession.MaxMedia;

    private const string Screen = "screen";

    /// <summary>About what the layers of a picture take, in kbit/s, the best last.</summary>
    private static readonly int[] _kilobits = [150, 500, 1500];

    private static readonly HouseCodec[] _pictures = [HouseCodec.Vp8, HouseCodec.H264];

    private readonly Dictionary<string, Slot> _slots = [];
    private readonly Dictionary<string, Upload> _uploads = [];
    private readonly Dictionary<Service, SimulcastLayers> _told = [];
    private readonly HashSet<uint> _numbers = [];

    // What o= counts: a number of the connection, and one that grows with each answer.
    private readonly long _id = Random.Shared.NextInt64(1, long.MaxValue);
    private long _version;

    public NegotiatedOffer Take(Offer offer)
    {
        FreeUploads(offer);
        var plan = AnswerPlan.Make(offer, _pictures, line => SlotOf(line)?.Answer, IsSent);
        var uplinks = plan.Uplinks.Select(DescribeUplink).ToImmutableArray();
        return new NegotiatedOffer(plan, Agreement(plan, uplinks), NewLayers(uplinks), _id, ++_version);
    }

    /// <summary>A line that is offered no more, or for nothing, gives up its service.</summary>
    private void FreeUploads(Offer offer)
    {
        var offered = offer.Lines.Where(l => l.IsUsable).Select(l => l.Mid).ToHashSet();
        foreach (string mid in _uploads.Keys.Where(m => !offered.Contains(m)).ToArray())
            _uploads.Remove(mid);
    }

    /// <summary>The first line with sound is <c>audio</c>, the first with a picture <c>video</c>, the second <c>screen</c>. There are no others.</summary>
    private bool IsSent(OfferedLine line)
    {
        if (_uploads.ContainsKey(line.Mid))
            return true;
        string? free = (line.IsAudio ? (string[])["audio"] : ["video", Screen]).FirstOrDefault(s => _uploads.Values.All(u => u.Service.ToString() != s));
        if (!Service.TryParse(free, out var service))
            return false;
        _uploads[line.Mid] = new Upload(service);
        return true;
    }

    private Slot? SlotOf(OfferedLine line)
    {
        if (!_slots.TryGetValue(line.Mid, out var slot) && _slots.Count < MaxSlots)
        {
            int pair = _slots.Values.Count(s => s.IsVideo == line.IsVideo);
            slot = _slots[line.Mid] = new Slot(line.IsVideo, pair, new AnswerSlot(Draw(), Draw(), $"slot-{pair}"));
        }

        return slot?.IsVideo == line.IsVideo ? slot : null;
    }

    private WebUplinkLine DescribeUplink(AnswerLine.Uplink line)
    {
        var upload = _uploads[line.Offered.Mid];
        OfferedSource? source = line.Rids.Count == 0 && line.Offered.Sources is [var first, ..] ? first : null;
        IEnumerable<string> rids = line.Rids.Count == 0 ? [""] : line.Rids;
        return new WebUplinkLine(line.Offered.Mid, new ServiceName(upload.Service.ToString()),
        [
            .. rids.Select(rid => new WebLayer(rid, new Ssrc(upload.NumberOf(rid, Draw)), source is { } own ? new Ssrc(own.Ssrc) : null)
            {
                AnnouncedRtx = source?.Rtx is { } again ? new Ssrc(again) : null,
            }),
        ]);
    }

    private WebAgreement Agreement(AnswerPlan plan, ImmutableArray<WebUplinkLine> uplinks)
    {
        // On a bundled transport an extension has one id on all lines.
        var extensions = plan.Lines.OfType<AnswerLine.Accepted>().SelectMany(l => l.Extensions).DistinctBy(e => e.Key).ToDictionary();
        return new WebAgreement(
            [.. plan.Offer.Fingerprints],
            new WebExtensionIds(
                extensions.GetValueOrDefault(Extensions.Mid), extensions.GetValueOrDefault(Extensions.Rid), extensions.GetValueOrDefault(Extensions.RepairedRid),
                extensions.GetValueOrDefault(Extensions.AudioLevel), extensions.GetValueOrDefault(Extensions.AbsoluteSendTime),
                extensions.GetValueOrDefault(Extensions.TransportSequence)),
            uplinks,
            [.. plan.Downlinks.Select(DescribeDownlink)],
            [.. plan.UplinkTypes],
            [.. plan.DownlinkTypes]);
    }

    private WebDownlinkLine DescribeDownlink(AnswerLine.Downlink line)
    {
        var slot = _slots[line.Offered.Mid];
        return new WebDownlinkLine(line.Offered.Mid, slot.IsVideo, slot.Pair, new Ssrc(slot.Answer.Ssrc), new Ssrc(slot.Answer.RtxSsrc));
    }

    private ImmutableArray<(Service Service, SimulcastLayers Layers)> NewLayers(ImmutableArray<WebUplinkLine> uplinks)
    {
        var changed = ImmutableArray.CreateBuilder<(Service, SimulcastLayers)>();
        foreach (var line in uplinks)
        {
            var service = _uploads[line.Mid].Service;
            var layers = line.Layers.Length < SimulcastLayers.Fewest
                ? SimulcastLayers.None
                : SimulcastLayers.Of([.. line.Layers.Zip(_kilobits[^line.Layers.Length..], (l, k) => (l.Ssrc.Value, k))]);
            if (layers.Equals(_told.GetValueOrDefault(service)))
                continue;
            _told[service] = layers;
            changed.Add((service, layers));
        }

        return changed.DrainToImmutable();
    }

    private uint Draw()
    {
        uint number;
        do
        {
            number = (uint)Random.Shared.NextInt64(1, 1L << 32);
        }
        while (!_numbers.Add(number));
        return number;
    }

    private sealed record Slot(bool IsVideo, int Pair, AnswerSlot Answer);

    private sealed class Upload(Service service)
    {
        private readonly Dictionary<string, uint> _numbers = [];

        public Service Service => service;

        public uint NumberOf(string rid, Func<uint> draw)
        {
            if (!_numbers.TryGetValue(rid, out uint number))
                _numbers[rid] = number = draw();
            return number;
        }
    }
}

/// <summary>What came of an offer.</summary>
/// <param name="Plan">What is answered.</param>
/// <param name="Agreement">What the media plane is told.</param>
/// <param name="Layers">Of the services whose layers are others than before.</param>
/// <param name="Id">Of the connection.</param>
/// <param name="Version">From 1.</param>
internal sealed record NegotiatedOffer(
    AnswerPlan Plan, WebAgreement Agreement, ImmutableArray<(Service Service, SimulcastLayers Layers)> Layers, long Id, long Version);
