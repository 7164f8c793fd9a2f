using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conference.Node.Statistics;

/// <summary>An observation as the page reads it. Rates are a second's; bits, bytes, seconds but for delays, which are microseconds.</summary>
internal static class StatisticsJson
{
    /// <summary>Rooms that are pushed; the rest is asked for, a page at a time.</summary>
    public const int PushedRooms = 10;

    public static JsonObject State(Observation now, IReadOnlyList<ClusterEvent> events) => new()
    {
        ["at"] = now.At.ToUnixTimeMilliseconds(),
        ["self"] = now.Self,
        ["nodes"] = new JsonObject(now.Nodes.Select(n => KeyValuePair.Create(n.Id, (JsonNode?)Node(n)))),
        ["busiest"] = JsonSerializer.SerializeToNode(
            now.Rooms.In(RoomOrder.Out, find: null).Take(PushedRooms).Select(RoomStatisticsModel.Of), JsonSerializerOptions.Web),
        ["events"] = new JsonObject(events.Select(e => KeyValuePair.Create($"{e.Number}", (JsonNode?)Event(e)))),
    };

    /// <summary>Three digits say enough, and what has hardly changed is not sent again.</summary>
    public static double Round(double value)
    {
        if (value == 0 || !double.IsFinite(value))
            return 0;
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 2);
        return unit >= 1 ? Math.Round(value / unit) * unit : Math.Round(value, 3);
    }

    private static JsonObject Node(ObservedNode node)
    {
        var json = new JsonObject
        {
            ["name"] = node.Name,
            ["host"] = node.Host,
            ["status"] = node.Status,
            ["reachable"] = node.IsReachable,
            ["answers"] = node.Answers,
        };
        if (node.Statistics is not { } statistics)
            return json;
        json["condition"] = Condition(statistics.Condition);
        json["console"] = statistics.Console;
        json["version"] = statistics.Version;
        json["started"] = statistics.Started;
        json["sessions"] = statistics.Sessions;
        json["members"] = statistics.Members;
        json["rooms"] = statistics.RoomsOwned;
        json["roomsHere"] = statistics.RoomsHere;
        json["portsInUse"] = statistics.PortsInUse;
        json["portsFree"] = statistics.PortsFree;
        json["shards"] = statistics.Shards;
        json["sessionsLeft"] = statistics.DrainSessionsLeft;
        json["queued"] = statistics.Queued;
        json["memory"] = Round(statistics.MemoryBytes);
        json["cores"] = statistics.Cores;
        json["cpu"] = Math.Round(statistics.Cpu, 2);
        json["gcPause"] = Math.Round(statistics.GcPause, 4);
        json["datagramsIn"] = Round(statistics.DatagramsIn);
        json["datagramsOut"] = Round(statistics.DatagramsOut);
        json["bitsIn"] = Round(statistics.BitsIn);
        json["bitsOut"] = Round(statistics.BitsOut);
        json["trunkIn"] = Round(statistics.TrunkBitsIn);
        json["trunkOut"] = Round(statistics.TrunkBitsOut);
        json["joins"] = Round(statistics.Joins);
        json["refused"] = Round(statistics.JoinsRefused);
        json["expected"] = Round(statistics.PacketsExpected);
        json["lost"] = Round(statistics.PacketsLost);
        json["p50"] = statistics.DelayP50Seconds is { } p50 ? Round(p50 * 1e6) : null;
        json["p99"] = statistics.DelayP99Seconds is { } p99 ? Round(p99 * 1e6) : null;
        json["dropped"] = Round(IntendedDrops.Others(statistics.Drops));
        json["drops"] = new JsonObject(statistics.Drops.Where(d => d.Value > 0).Select(d => KeyValuePair.Create(d.Key, (JsonNode?)Round(d.Value))));
        json["peers"] = new JsonObject(statistics.Peers.DistinctBy(p => p.Peer).Select(p => KeyValuePair.Create(p.Peer, (JsonNode?)Peer(p))));
        return json;
    }

    private static JsonObject Peer(PeerLink peer) => new()
    {
        ["name"] = peer.Name,
        ["reachable"] = peer.IsReachable,
        ["roundTrip"] = peer.RoundTripSeconds is { } seconds ? Round(seconds * 1e6) : null,
    };

    private static JsonObject Event(ClusterEvent happened) => new()
    {
        ["at"] = happened.At.ToUnixTimeMilliseconds(),
        ["level"] = happened.Level.ToString().ToLowerInvariant(),
        ["text"] = happened.Text,
    };

    private static string Condition(NodeCondition condition) => condition switch
    {
        NodeCondition.Ready => "ready",
        NodeCondition.Draining => "draining",
        NodeCondition.Stopping => "stopping",
        NodeCondition.NotActing => "cut off",
        NodeCondition.Starting => "starting",
        _ => "not ready",
    };
}
