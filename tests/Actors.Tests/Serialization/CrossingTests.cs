using System.Runtime.Serialization;
using Akka.Actor;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Tracing;
using Conference.Actors.Users;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Serialization;

/// <summary>Every kind of message goes to another system and back, by real remoting.</summary>
public sealed class CrossingTests(TwoSystems systems) : IClassFixture<TwoSystems>
{
    private readonly ConferenceSerializer _serializer = systems.Serializer;

    [Theory]
    [MemberData(nameof(WireTypes.SentNames), MemberType = typeof(WireTypes))]
    public async Task Every_kind_of_message_comes_back_as_it_went(string name)
    {
        var sampler = new MessageSampler(name.Length, systems.Actors);
        for (int i = 0; i < 30; i++)
        {
            object message = sampler.Make(WireTypes.Find(name));
            Alike.Check(message, await systems.Echo.Ask<object>(message, Support.Conference.Patience, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Every_kind_that_crosses_or_is_stored_has_a_name_of_its_own_and_no_other_has()
    {
        Assert.Equal(
            WireTypes.Sent.Concat(WireTypes.Envelopes).Concat(WireTypes.Stored).Select(WireTypes.NameOf).Order(StringComparer.Ordinal),
            Manifests.Types.Values.Select(WireTypes.NameOf).Order(StringComparer.Ordinal));
        Assert.All(Manifests.Types.Keys, manifest => Assert.InRange(manifest.Length, 1, 16));
    }

    [Fact]
    public void Every_message_says_whether_it_crosses() => Assert.All(
        WireTypes.InGroups,
        type => Assert.True(
            Manifests.Of(type) is not null || type.IsAssignableTo(typeof(INoSerializationVerificationNeeded)), $"{WireTypes.NameOf(type)} says nothing"));

    [Fact]
    public void What_stays_on_its_node_is_not_written() => Assert.All(WireTypes.Local, type =>
    {
        Assert.Null(Manifests.Of(type));
        object message = new MessageSampler(1, systems.Actors).Make(type);
        Assert.Throws<SerializationException>(() => _serializer.Manifest(message));
    });

    [Fact]
    public void Everything_of_ours_goes_by_our_serializer_and_nothing_else_does()
    {
        Assert.Equal(4201, _serializer.Identifier);
        foreach (var type in WireTypes.Sent.Concat(WireTypes.Envelopes))
            Assert.Same(_serializer, systems.A.Serialization.FindSerializerForType(type));
        foreach (object stranger in new object[] { new(), "text", 7, new InvalidOperationException("secret"), new Dictionary<string, string>() })
            Assert.Throws<SerializationException>(() => _serializer.Manifest(stranger));
    }

    [Fact]
    public void What_MessagePack_is_told_to_write_is_part_of_something_that_has_a_name()
    {
        var reached = new HashSet<Type>();
        foreach (var type in Manifests.Types.Values)
            Reach(type);
        Assert.All(WireTypes.Annotated, type => Assert.Contains(type, reached));

        void Reach(Type type)
        {
            if (!reached.Add(type))
                return;
            foreach (var part in type.GetProperties().Select(p => Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType))
            {
                foreach (var inner in part.IsGenericType ? part.GetGenericArguments() : [part])
                {
                    if (inner.Assembly == type.Assembly)
                        Reach(inner);
                }
            }
        }
    }

    [Fact]
    public async Task A_password_hash_crosses_and_is_never_shown()
    {
        var credential = new UserCredential("pbkdf2$secret");
        var back = await systems.Echo.Ask<UserCredential>(credential, Support.Conference.Patience, TestContext.Current.CancellationToken);
        Assert.Equal("pbkdf2$secret", back.PasswordHash);
        Assert.DoesNotContain("secret", back.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_traced_crosses_with_its_trace_and_without_it_where_that_makes_no_sense()
    {
        var find = new RoomQueries.Find(Protocol.Addresses.Name.Parse("standup"));
        var sampled = (Traced)new MessageSampler(3, systems.Actors).Make(typeof(Traced)) with { Message = find };
        var back = await systems.Echo.Ask<Traced>(sampled, Support.Conference.Patience, TestContext.Current.CancellationToken);
        Assert.True(back.Parent.IsRemote);
        Assert.Equal(find, back.Message);

        Assert.Equal(find, _serializer.FromBinary(_serializer.ToBinary(new Traced(find, default)), Manifests.Traced));
        var inner = new Traced(new Traced(find, sampled.Parent), sampled.Parent);
        Assert.Throws<SerializationException>(() => _serializer.FromBinary(_serializer.ToBinary(inner), Manifests.Traced));
    }

    [Fact]
    public async Task A_whole_part_of_a_picture_with_the_longest_names_there_are_fits_into_a_frame()
    {
        string longest = new('x', 64);
        var who = new Participant(
            new SessionId(long.MaxValue), Protocol.Addresses.Name.Parse(longest), systems.Echo, new(Guid.NewGuid()), systems.Echo, longest);
        var port = new JoiningPort(
            new(long.MaxValue), 65_535, 7, Support.RoomMakings.Service("screen-2"),
            ServiceParameters.Default with { Layers = SimulcastLayers.Parse("4294967295:999999,4294967294:999999,4294967293:999999")! }, systems.Echo);
        var parts = RoomPicture.Parts(Enumerable.Repeat(new PicturedMember(who, [port], IsBeingPutOut: true), 1000), m => m.Ports.Length);
        Assert.Equal(5, parts.Count);
        var picture = new RoomNews.Picture(
            Protocol.Addresses.Name.Parse(longest), new RoomStamp(new RoomTerm(long.MaxValue), long.MaxValue), systems.Echo, 0, parts.Count, [.. parts[0]], [], [],
            HasOwner: true);
        Assert.InRange(_serializer.ToBinary(picture).Length, 1, 120_000);
        var back = await systems.Echo.Ask<RoomNews.Picture>(picture, Support.Conference.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(RoomPicture.PortsPerPart, back.Members.Length);
    }
}
