using System.Net;
using System.Text;
using Conference.Actors.Cluster;
using Conference.Node.Cluster;
using Conference.Node.Links;
using Conference.Node.Telemetry;

namespace Conference.Node.Tests.Links.Support;

/// <summary>The links of one node, with what hears them.</summary>
internal sealed class LinkHost : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const string ClusterSecret = "the secret of the cluster of this test";

    private readonly MetricsRegistry _registry;

    private LinkHost(string name, NodeLinks links, FakeCluster cluster, Recorder recorder, RecordingLog log, MetricsRegistry registry, LinkOptions options)
    {
        (Name, Links, Cluster, Recorder, Log, _registry, Options) = (name, links, cluster, recorder, log, registry, options);
    }

    public string Name { get; }

    public NodeLinks Links { get; }

    public FakeCluster Cluster { get; }

    public Recorder Recorder { get; }

    public RecordingLog Log { get; }

    public LinkOptions Options { get; }

    public NodeId Id => Cluster.Self;

    public LinkHealth LinkTo(LinkHost peer) => Links.Of(peer.Id) ?? throw new InvalidOperationException($"{Name} does not see {peer.Name}");

    public bool IsLinkedTo(NodeId peer) => Links.Of(peer)?.ConnectedSince is not null;

    public ClusterNode Node => FakeCluster.Node(Id, Links.LocalEndPoint, Name);

    /// <summary>Ids that are ordered as their numbers are.</summary>
    public static NodeId IdOf(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public static LinkOptions DefaultOptions(string address = "127.0.0.2", int port = 0) => new()
    {
        Listen = new IPEndPoint(IPAddress.Parse(address), port),
        Secret = new LinkSecret(ClusterSecret),
        Credentials = OneSelfSigned(),
    };

    /// <param name="number">Of its id; it is called by its letter: 1 is a.</param>
    /// <param name="change">What is not to be as usual.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public static async Task<LinkHost> StartAsync(int number, Func<LinkOptions, LinkOptions>? change = null, TimeProvider? time = null)
    {
        var options = DefaultOptions($"127.0.0.{number + 1}");
        options = change?.Invoke(options) ?? options;
        var log = new RecordingLog();
        var registry = new MetricsRegistry();
        var links = await NodeLinks.StartAsync(options, registry.Meter, log, time ?? TimeProvider.System);
        var recorder = new Recorder { NameOf = NameOf };
        links.Attach(recorder);
        var host = new LinkHost(NameOf(IdOf(number)), links, new FakeCluster(IdOf(number)), recorder, log, registry, options);
        links.Open(host.Cluster, recorder);
        return host;
    }

    /// <summary>Every one of them sees all of them.</summary>
    public static void Meet(params LinkHost[] hosts)
    {
        var nodes = hosts.Select(h => h.Node).ToArray();
        foreach (var host in hosts)
            host.Cluster.Set(nodes);
    }

    public bool TrySend(LinkHost to, string message) => Links.TrySend(to.Id, Encoding.UTF8.GetBytes(message));

    /// <summary>A line of <c>/metrics</c>, as a number; 0 when there is none.</summary>
    public double Metric(string series)
    {
        string? line = _registry.Scrape().Split('\n').FirstOrDefault(l => l.StartsWith(series + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public double Refused(string reason) => Metric($"conference_link_refused_total{{reason=\"{reason}\"}}");

    public double Lost(string reason) => Metric($"conference_link_lost_total{{reason=\"{reason}\"}}");

    /// <summary>Waits for what is counted or logged a moment after it can be seen from outside.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Links.DisposeAsync();
        _registry.Dispose();
    }

    private static string NameOf(NodeId id) => ((char)('a' + id.Value.ToByteArray(bigEndian: true)[3] - 1)).ToString();

    private static Func<LinkCredentials> OneSelfSigned()
    {
        var credentials = LinkCredentials.SelfSigned(TimeProvider.System);
        return () => credentials;
    }
}
