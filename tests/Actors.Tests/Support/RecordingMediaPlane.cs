using System.Collections.Concurrent;
using System.Threading.Channels;
using Conference.Media;
using Conference.Media.Web;

namespace Conference.Actors.Tests.Support;

/// <summary>A media plane that carries nothing and remembers what it was told.</summary>
public sealed class RecordingMediaPlane : IMediaPlane
{
    private readonly Channel<MediaEvent> _events = Channel.CreateUnbounded<MediaEvent>();
    private long _last;

    public ConcurrentDictionary<PortId, PortRequest> Open { get; } = [];

    public ConcurrentQueue<MediaRoutes> Applied { get; } = [];

    /// <summary>What the next ports answer; null opens them.</summary>
    public PortOpening? Answer { get; set; }

    /// <summary>What every port counts.</summary>
    public PortStatistics Statistics { get; set; } = new(0, 0, 0, 0, 0, false);

    public ChannelReader<MediaEvent> Events => _events.Reader;

    PortOpening IMediaPlane.Open(PortRequest request)
    {
        if (Answer is { } answer)
            return answer;
        var id = new PortId(Interlocked.Increment(ref _last));
        Open[id] = request;
        return new PortOpening.Opened(id, 11_000 + (int)id.Value);
    }

    public void Close(PortId port) => Open.TryRemove(port, out _);

    public void Apply(MediaRoutes routes) => Applied.Enqueue(routes);

    public PortStatistics? Read(PortId port) => Open.ContainsKey(port) ? Statistics : null;

    /// <summary>What <see cref="CanThin"/> answers.</summary>
    public Func<int, bool> Thins { get; set; } = _ => true;

    /// <summary>What every port's sources are.</summary>
    public System.Collections.Immutable.ImmutableArray<SourceStatistics> Sources { get; set; } = [];

    public void Happen(MediaEvent happened) => _events.Writer.TryWrite(happened);

    public void Stop() => _events.Writer.TryComplete();

    public double? Rate { get; set; }

    public double? ReadRate(PortId port) => Rate;

    public bool CanThin(PortId port, int rate) => Thins(rate);

    public System.Collections.Immutable.ImmutableArray<SourceStatistics> ReadSources(PortId port) => Sources;

    public MediaStatistics Read() => new(Open.Count, 0, [], [], new DelayHistogram([], 0)) { Trunks = Trunks };

    /// <summary>What <see cref="Read()"/> says of them.</summary>
    public TrunkStatistics Trunks { get; set; } = TrunkStatistics.None;

    /// <summary>What was done with trunks, in order: a null offer is a close.</summary>
    public ConcurrentQueue<(PeerId Peer, TrunkOffer? Offer)> Opened { get; } = [];

    /// <summary>Null offers none, as a plane without trunks.</summary>
    public Func<PeerId, TrunkOffer?> Offer { get; set; } = _ => null;

    public TrunkOffer? OfferTrunk(PeerId peer) => Offer(peer);

    public bool OpenTrunk(PeerId peer, TrunkOffer offer)
    {
        Opened.Enqueue((peer, offer));
        return true;
    }

    public void CloseTrunk(PeerId peer) => Opened.Enqueue((peer, null));

    /// <summary>What ports were given, in order.</summary>
    public ConcurrentQueue<(PortId Port, RoamToken? Token)> Roaming { get; } = [];

    public void Roam(PortId port, RoamToken? token) => Roaming.Enqueue((port, token));

    public CertificateFingerprint? WebFingerprint => HasWeb ? CertificateFingerprint.Of([1, 2, 3]) : null;

    public int WebNumber => HasWeb ? 11443 : 0;

    /// <summary>Whether there are browsers here.</summary>
    public bool HasWeb { get; set; } = true;

    /// <summary>Browsers' connections that are open, and their rooms.</summary>
    public ConcurrentDictionary<WebId, RoomId> Webs { get; } = [];

    public ConcurrentQueue<(WebId Web, WebAgreement Agreement)> Agreed { get; } = [];

    /// <summary>What <see cref="ReadSeats"/> answers.</summary>
    public System.Collections.Immutable.ImmutableArray<WebSeat> Seats { get; set; } = [];

    public WebOpening OpenWeb(RoomId room)
    {
        if (!HasWeb)
            return new WebOpening.Off("OpenSSL 3 is missing");
        var id = new WebId(Interlocked.Increment(ref _last));
        Webs[id] = room;
        return new WebOpening.Opened(id, $"ufrag{id.Value}", "a password of twenty-two letters");
    }

    public void Agree(WebId web, WebAgreement agreement) => Agreed.Enqueue((web, agreement));

    public void CloseWeb(WebId web) => Webs.TryRemove(web, out _);

    /// <summary>What <see cref="ReadWeb"/> answers of those that are open.</summary>
    public WebState State { get; set; } = WebState.Connected;

    public WebState? ReadWeb(WebId web) => Webs.ContainsKey(web) ? State : null;

    public System.Collections.Immutable.ImmutableArray<WebSeat> ReadSeats(WebId web) => Seats;
}
