using System.Text.Json.Nodes;
using Akka.Actor;
using Conference.Actors.Serialization;
using MessagePack;

namespace Conference.Actors.Tests.Serialization;

/// <summary>
/// What an earlier release said and stored, as it wrote it (Serialization/Recorded: lines of a manifest and its bytes). What is stored is stored for
/// ever, and the next release's nodes join this one's: every word of it is understood, and said no otherwise but for parts that were added.
/// </summary>
public sealed class RecordedTests(TwoSystems systems) : IClassFixture<TwoSystems>
{
    private const int EachKind = 3;

    private readonly ConferenceSerializer _serializer = systems.Serializer;

    [Theory]
    [InlineData("release-0.2.txt")]
    [InlineData("release-0.3.txt")]
    public void What_an_earlier_release_wrote_is_understood_and_written_alike(string file)
    {
        foreach (var (manifest, bytes) in Read(file))
        {
            object message = _serializer.FromBinary(bytes, manifest);
            Assert.Equal(Manifests.Find(manifest), message.GetType());
            if (manifest != Manifests.Traced)
                CheckHolds(Json(_serializer.ToBinary(message)), Json(bytes), manifest);
            if (WireTypes.Stored.Contains(message.GetType()))
                Alike.Check(message, StoredForms.Read(manifest, bytes));
        }
    }

    /// <summary>Whoever adds a kind adds its lines to the file of the release to come (see <see cref="Record"/>).</summary>
    [Fact]
    public void Every_kind_there_is_has_been_recorded()
    {
        var recorded = Directory.GetFiles(Folder).SelectMany(f => Read(Path.GetFileName(f))).Select(r => r.Manifest).ToHashSet();
        Assert.Empty(Manifests.Types.Keys.Except(recorded));
    }

    [Fact]
    public void What_is_recorded_of_a_kind_that_is_gone_is_gone_for_good()
    {
        // A manifest is never given to another type: whoever removes a kind lists it here.
        string[] gone = [];
        var recorded = Directory.GetFiles(Folder).SelectMany(f => Read(Path.GetFileName(f))).Select(r => r.Manifest).ToHashSet();
        Assert.Equal(gone, recorded.Except(Manifests.Types.Keys));
    }

    /// <summary>To be run by hand when kinds have been added: writes what is to be appended to a file in Recorded.</summary>
    [Fact(Explicit = true)]
    public void Record()
    {
        var provider = ((ExtendedActorSystem)systems.A).Provider;
        IActorRef[] actors =
        [
            provider.ResolveActorRef("akka.tcp://conference@10.0.0.1:4331/user/forwarders"),
            provider.ResolveActorRef("akka.tcp://conference@10.0.0.2:4331/user/sessions/$b#1234567"),
        ];
        var sampler = new MessageSampler(1, actors);
        File.WriteAllLines("recorded.txt", Manifests.Types.SelectMany(kind => Enumerable.Range(0, EachKind)
            .Select(_ => $"{kind.Key} {Convert.ToBase64String(_serializer.ToBinary(sampler.Make(kind.Value)))}")));
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Serialization", "Recorded");

    private static IEnumerable<(string Manifest, byte[] Bytes)> Read(string file) => File.ReadLines(Path.Combine(Folder, file))
        .Select(line => line.Split(' ')).Select(parts => (parts[0], Convert.FromBase64String(parts[1])));

    private static JsonNode? Json(byte[] bytes) => JsonNode.Parse(MessagePackSerializer.ConvertToJson(bytes));

    /// <summary>Parts may have been added at an end.</summary>
    private static void CheckHolds(JsonNode? actual, JsonNode? expected, string path)
    {
        if (expected is not JsonArray parts)
        {
            Assert.True(JsonNode.DeepEquals(expected, actual), $"{path}: {actual} instead of {expected}");
            return;
        }

        var now = Assert.IsType<JsonArray>(actual);
        Assert.True(now.Count >= parts.Count, path);
        for (int i = 0; i < parts.Count; i++)
            CheckHolds(now[i], parts[i], $"{path}[{i}]");
    }
}
