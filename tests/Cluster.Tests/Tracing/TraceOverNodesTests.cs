using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Conference.Cluster.Tests.Support;

namespace Conference.Cluster.Tests.Tracing;

/// <summary>What one client or operator asks of a cluster is one trace, whatever nodes it takes, and the logs say which.</summary>
public sealed class TraceOverNodesTests
{
    /// <summary>Half of them are another node's.</summary>
    private const int Rooms = 40;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    [Fact, Trait("Category", "Cluster")]
    public async Task A_join_is_one_trace_over_nodes_and_its_id_is_in_their_logs()
    {
        await using var collector = await Collector.StartAsync();
        await using var cluster = await StartAsync(collector);
        await using var alice = await TestClient.ConnectAsync(cluster.Nodes[0]);
        await alice.ExpectAsync("AUTH ANONYMOUS alice", "204 alice");
        for (int i = 0; i < Rooms; i++)
        {
            await alice.ConnAsync("video", $"standup{i}@{alice.Server}");
            await alice.ExpectAsync($"DCON video standup{i}@{alice.Server}", "304 video disconnected");
        }

        List<CollectedSpan> join = [];
        await Eventually.IsTrueAsync(() => (join = FindJoinOverNodes(collector, NameOf(cluster, 0))).Count > 0, _patience);

        var root = Assert.Single(join, s => s.ParentSpanId.Length == 0);
        Assert.Equal(("CONN", 2), (root.Name, root.Sent.Kind));
        Assert.Contains(root.Sent.Attributes, a => a.Key == "rpc.response.status_code" && a.Value.StringValue == "303");
        Assert.All(join.Except([root]), s => Assert.Contains(join, parent => parent.SpanId == s.ParentSpanId));
        var room = Assert.Single(join, s => s.Name == "RoomActor Join");
        Assert.Equal((NameOf(cluster, 1), 2), (room.Node, room.Sent.Kind));
        Assert.Equal(room.SpanId, Assert.Single(join, s => s.Name == "journal append").ParentSpanId);
        foreach (string here in (string[])["CONN", "ask Connect", "MediaPortActor Connect", "ForwarderActor Joined"])
            Assert.Equal(NameOf(cluster, 0), Assert.Single(join, s => s.Name == here).Node);

        foreach (var node in cluster.Nodes)
            await Eventually.IsTrueAsync(() => node.Output.Contains($"\"trace_id\":\"{root.TraceId}\"", StringComparison.Ordinal), _patience);
        foreach (var sent in collector.Traces.SelectMany(t => t))
        {
            foreach (string secret in (string[])["alice", "standup", alice.Server.ToString(), alice.Address.ToString()])
                Assert.DoesNotContain(secret, sent.Sent.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Category", "Cluster")]
    public async Task What_an_operator_changes_belongs_to_the_callers_trace()
    {
        await using var collector = await Collector.StartAsync();
        await using var cluster = await StartAsync(collector);
        const string traceId = "4bf92f3577b34da6a3ce929d0e0e4736", spanId = "00f067aa0ba902b7";
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminClient.Token);
        http.DefaultRequestHeaders.Add("traceparent", $"00-{traceId}-{spanId}-01");
        var api = new Uri($"http://{cluster.Nodes[0].HttpAddress}:{cluster.Nodes[0].HttpPort}/api/v1/");
        for (int i = 0; i < Rooms; i++)
        {
            using var body = new StringContent("""{"maxMembers":7}""", Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.OK, (await http.PutAsync(new Uri(api, $"rooms/standup{i}"), body)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(api, "rooms/standup0"))).StatusCode);
        await Eventually.IsTrueAsync(() => collector.Traces[traceId].Count(s => s.Name == "journal append") == Rooms, _patience);

        var calls = collector.Traces[traceId].Where(s => s.ParentSpanId == spanId).ToArray();
        Assert.Equal(Rooms, calls.Length);
        Assert.All(calls, c => Assert.Equal(("PUT /api/v1/rooms/{room}", NameOf(cluster, 0)), (c.Name, c.Node)));
        Assert.Contains(collector.Traces[traceId], s => s.Name == "RoomActor Keep" && s.Node == NameOf(cluster, 1));
        Assert.All(collector.Traces[traceId], s => Assert.DoesNotContain(AdminClient.Token, s.Sent.ToString(), StringComparison.Ordinal));
    }

    /// <summary>Two nodes that tell all they do.</summary>
    private static async Task<TestCluster> StartAsync(Collector collector)
    {
        var cluster = await TestCluster.StartAsync(0);
        for (int i = 0; i < 2; i++)
            await cluster.StartNodeAsync(null, $"Telemetry:Otlp={collector.Address}", "Telemetry:OtlpProtocol=http", "Logging:LogLevel:Conference=Debug");
        await cluster.IsSettledAsync(2);
        return cluster;
    }

    private static string NameOf(TestCluster cluster, int node) => $"node-{cluster.Nodes[node].Address}";

    /// <summary>
    /// A client's of that node, whose room is on the other and whose room's user on its own, that was asked once (a cold node may be too slow) and has come whole.
    /// </summary>
    private static List<CollectedSpan> FindJoinOverNodes(Collector collector, string client) => collector.Traces
        .Select(t => t.ToList())
        .FirstOrDefault(t => t.Exists(s => s.Name == "CONN" && s.Node == client) && t.Exists(s => s.Name == "UserActor Enter" && s.Node == client)
            && t.FindAll(s => s.Name == "RoomActor Join") is [var room] && room.Node != client
            && t.Exists(s => s.Name == "journal append") && t.Exists(s => s.Name == "ask Connect") && t.Exists(s => s.Name == "ForwarderActor Joined")
            && t.TrueForAll(s => s.ParentSpanId.Length == 0 || t.Exists(parent => parent.SpanId == s.ParentSpanId))) ?? [];
}
