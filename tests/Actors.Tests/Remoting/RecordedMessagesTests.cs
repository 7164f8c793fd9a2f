using System.Text.Json.Nodes;
using Conference.Actors.Cluster;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.Runtime;
using Conference.Actors.Tests.Support;
using Google.Protobuf;

namespace Conference.Actors.Tests.Remoting;

/// <summary>
/// What nodes of an earlier release said, as they said it (Remoting/Recorded, a line each: what it is, the nodes it names, its bytes): this
/// release understands every word of it for as long as it speaks that protocol, and says it no otherwise.
/// </summary>
public sealed class RecordedMessagesTests : ClusterTest
{
    private const int EachKind = 3;

    private static readonly NodeId _from = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly NodeId _to = new(new Guid(2, 0, 0, new byte[8]));
    private static readonly NodeId _third = new(new Guid(3, 0, 0, new byte[8]));

    [Theory]
    [InlineData("protocol-1.txt")]
    public void What_an_earlier_release_said_is_understood_and_said_alike(string file)
    {
        var remote = RemoteOf(Join("reader", serializer: ConferenceMessages.Instance));
        foreach (string[] line in File.ReadLines(RecordedIn(file)).Select(l => l.Split(' ')))
        {
            var payload = ByteString.CopyFrom(Convert.FromHexString(line[2]));
            var reader = new ReferenceReader(remote, _from, _to, [.. Convert.FromHexString(line[1]).Chunk(16).Select(n => ByteString.CopyFrom(n))]);
            object? message = ConferenceMessages.Instance.FromProto(payload, reader);
            Assert.True(message?.GetType() == CrossingMessages.Find(line[0]), $"{line[0]} was read as {message}");
            var again = ConferenceMessages.Instance.ToProto(message!, new ReferenceWriter(new ActorExports((_, _) => { }), _from, _to))!;
            CheckHolds(Json(again), Json(Payload.Parser.ParseFrom(payload)), line[0]);
        }
    }

    /// <summary>To be run by hand, once, when a protocol gets a new number: then this release is what the next one has to understand.</summary>
    [Fact(Explicit = true)]
    public void Record()
    {
        var remote = RemoteOf(Join("writer", serializer: ConferenceMessages.Instance));
        IActorRef[] actors = [remote.RefOf(_third, WellKnownActor.Forwarders), remote.RefOf(_third, WellKnownActor.Trunks), ActorRefs.Nobody];
        var sampler = new MessageSampler(1, actors, [_from, _to, _third]);
        File.WriteAllLines("recorded.txt", CrossingMessages.Names.SelectMany(name => Enumerable.Range(0, EachKind).Select(_ =>
        {
            var references = new ReferenceWriter(new ActorExports((_, _) => { }), _from, _to);
            byte[] payload = ConferenceMessages.Instance.ToProto(sampler.Make(CrossingMessages.Find(name.Data)), references)!.ToByteArray();
            var envelope = new Envelope();
            references.WriteNodes(envelope);
            return $"{name.Data} {Convert.ToHexString([.. envelope.Others.SelectMany(n => n)])} {Convert.ToHexString(payload)}";
        })));
    }

    private static string RecordedIn(string file) => Path.Combine(AppContext.BaseDirectory, "Remoting", "Recorded", file);

    private static JsonNode? Json(IMessage message) => JsonNode.Parse(JsonFormatter.Default.Format(message));

    /// <summary>Fields may have been added; lists are as they were, but for the order of mere values, some of which are sets.</summary>
    private static void CheckHolds(JsonNode? actual, JsonNode? expected, string path)
    {
        switch (expected)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                    CheckHolds((actual as JsonObject)?[name], value, $"{path}.{name}");
                break;
            case JsonArray values when values.All(v => v is JsonValue):
                Assert.Equal(values.Select(v => v!.ToString()).Order(), (actual as JsonArray ?? []).Select(v => v!.ToString()).Order());
                break;
            case JsonArray items:
                Assert.True(items.Count == (actual as JsonArray)?.Count, path);
                for (int i = 0; i < items.Count; i++)
                    CheckHolds(actual![i], items[i], $"{path}[{i}]");
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: {actual} instead of {expected}");
                break;
        }
    }
}
