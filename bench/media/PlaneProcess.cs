using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Runtime;
using Conference.Media;
using Conference.Media.Tests.Web;
using Conference.Media.Transport;

namespace Conference.Bench.Media;

/// <summary>Where the receivers are.</summary>
internal enum PlaneShape
{
    /// <summary>At the sender's own plane.</summary>
    Local,

    /// <summary>Each stands for a node, which is sent one sealed copy.</summary>
    Trunk,

    /// <summary>At a second plane in the same process, on the same core: whatever reaches them has gone from one to the other.</summary>
    Hop,

    /// <summary>Each is a browser that has shaken hands, and whose address is then the sink's.</summary>
    Web,
}

/// <summary>The child: a media plane with one room, one sender and N receivers, all at 127.0.0.1 and each on its own number.</summary>
/// <remarks>Says its numbers, the sender's first; then answers each line with what it has done so far.</remarks>
internal sealed class PlaneProcess : IDisposable
{
    private static readonly RoomId _room = new("bench");
    private static readonly ServiceName _video = new("video");

    private readonly MediaPlane _sending;
    private readonly MediaPlane _receiving;
    private readonly List<int> _numbers = [];
    private readonly PlaneShape _shape;

    private PlaneProcess(int receivers, int firstPort, MediaOptions options, PlaneShape shape)
    {
        _shape = shape;
        options = options with
        {
            Trunk = shape is PlaneShape.Local or PlaneShape.Web ? null : new TrunkOptions(IPAddress.Loopback, 0),
            Web = shape == PlaneShape.Web ? new WebOptions(0) : null,
        };
        _sending = MediaPlane.Start(options with { Ports = (firstPort, firstPort + receivers) }, TimeProvider.System);
        _receiving = shape == PlaneShape.Hop
            ? MediaPlane.Start(options with { Ports = (firstPort + receivers + 1, firstPort + (2 * receivers) + 1) }, TimeProvider.System)
            : _sending;
        PortOpening.Opened sender = Open(_sending);
        PortOpening.Opened[] heard = [.. Enumerable.Range(0, shape == PlaneShape.Trunk ? 0 : receivers).Select(i => shape == PlaneShape.Web ? OpenBrowser(i) : Open(_receiving))];
        if (shape is PlaneShape.Local or PlaneShape.Web)
            Apply(_sending, [sender, .. heard], []);
        else if (shape == PlaneShape.Trunk)
            Apply(_sending, [sender], [.. Enumerable.Range(0, receivers).Select(OpenTrunk)]);
        else
            ConnectPlanes(sender, heard);
    }

    /// <param name="args">Receivers, first port number, offload mode, loops, shape.</param>
    public static int Run(string[] args)
    {
        var options = new MediaOptions { Offload = Enum.Parse<OffloadMode>(args[2]), Loops = Whole(args[3]) };
        using var process = new PlaneProcess(Whole(args[0]), Whole(args[1]), options, Enum.Parse<PlaneShape>(args[4]));
        Console.WriteLine(string.Join(' ', process._numbers));
        while (Console.ReadLine() is not null)
            Console.WriteLine(process.Usage().ToLine());
        return 0;
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    private PortOpening.Opened Open(MediaPlane plane)
    {
        if (plane.Open(new PortRequest(_room, _video, IPAddress.Loopback)) is not PortOpening.Opened opened)
            throw new InvalidOperationException("a port could not be opened");
        _numbers.Add(opened.Number);
        return opened;
    }

    private PortOpening.Opened OpenBrowser(int receiver)
    {
        var browser = new SimulatedBrowser(_sending, _room, port: Contestant.SinkPort + receiver);
        _sending.Agree(browser.Id, browser.Agreement());
        if (_sending.Open(new PortRequest(_room, _video, IPAddress.Loopback) { Web = browser.Id }) is not PortOpening.Opened opened)
            throw new InvalidOperationException("a browser's port could not be opened");
        browser.Connect();
        browser.LeaveAddress();
        return opened;
    }

    private static void Apply(MediaPlane plane, PortOpening.Opened[] ports, ImmutableArray<RemoteRoute> remote) => plane.Apply(new MediaRoutes(
        _room, 1, [.. ports.Select((p, i) => new MediaRoute(p.Port, new ParticipantId(i), Muted: false, MediaPreferences.Default))]) { Remote = remote });

    // A node that is a socket of the sink: it counts, and understands nothing.
    private RemoteRoute OpenTrunk(int receiver)
    {
        var peer = new PeerId(Guid.NewGuid());
        byte[] secret = new byte[TrunkOffer.SecretBytes];
        Random.Shared.NextBytes(secret);
        _sending.OpenTrunk(peer, new TrunkOffer((ushort)receiver, [.. secret], [new IPEndPoint(IPAddress.Loopback, Contestant.SinkPort + receiver)]));
        return new RemoteRoute(peer, new PortId(1), 0, _video, new ParticipantId(1000 + receiver));
    }

    private void ConnectPlanes(PortOpening.Opened sender, PortOpening.Opened[] receivers)
    {
        var here = new PeerId(Guid.NewGuid());
        var there = new PeerId(Guid.NewGuid());
        _sending.OpenTrunk(there, _receiving.OfferTrunk(here)!);
        _receiving.OpenTrunk(here, _sending.OfferTrunk(there)!);
        Apply(_sending, [sender], [.. receivers.Select((r, i) => new RemoteRoute(there, r.Port, r.Loop, _video, new ParticipantId(1000 + i)))]);
        Apply(_receiving, receivers, [new RemoteRoute(here, sender.Port, sender.Loop, _video, new ParticipantId(1))]);
    }

    private PlaneUsage Usage()
    {
        // Allocation first: reading the statistics allocates, and belongs to the reader.
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        MediaStatistics read = _receiving.Read();
        long sent = _shape == PlaneShape.Trunk ? read.Trunks.DatagramsOut : read.Services.Sum(s => s.DatagramsOut);
        return new PlaneUsage(sent, allocated, JitInfo.GetCompiledMethodCount());
    }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What a plane's process has done since it started.</summary>
/// <param name="DatagramsOut">To receivers, or to other nodes.</param>
internal readonly record struct PlaneUsage(long DatagramsOut, long AllocatedBytes, long CompiledMethods)
{
    public static PlaneUsage Parse(string line)
    {
        long[] parts = [.. line.Split(' ').Select(p => long.Parse(p, CultureInfo.InvariantCulture))];
        return new PlaneUsage(parts[0], parts[1], parts[2]);
    }

    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{DatagramsOut} {AllocatedBytes} {CompiledMethods}");
}
