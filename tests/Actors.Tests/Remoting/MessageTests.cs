using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Remoting;
using Conference.Actors.Remoting.Protos;
using Conference.Actors.Remoting.Serialization;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
using Conference.Actors.TestKit.Cluster;
using Google.Protobuf;
using Status = Conference.Actors.Runtime.Status;
using UserCredential = Conference.Actors.Presence.UserCredential;

namespace Conference.Actors.Tests.Remoting;

public sealed class MessageTests : ClusterTest
{
    private readonly TestNode _a;
    private readonly TestNode _b;
    private readonly IActorRef[] _actors;

    public MessageTests()
    {
        _a = Join("a", serializer: ConferenceMessages.Instance);
        _b = JoinWith("b", (self, message) => self.Sender.Tell(message), ConferenceMessages.Instance);
        _actors =
        [
            _a.Sys.ActorOf(On((_, _) => { })), Known(_b, from: _a), RemoteOf(_a).RefOf(new NodeId(Guid.NewGuid()), WellKnownActor.Forwarders),
            ActorRefs.Nobody,
        ];
    }

    [Theory]
    [MemberData(nameof(CrossingMessages.Names), MemberType = typeof(CrossingMessages))]
    public void Every_kind_of_message_comes_back_as_it_went(string name)
    {
        var probe = _a.CreateTestProbe();
        var sampler = new MessageSampler(name.Length, _actors, [_a.Id, _b.Id]);
        for (int i = 0; i < 50; i++)
        {
            var message = sampler.Make(CrossingMessages.Find(name));
            probe.Send(Known(_b, from: _a), message);
            Alike.Check(message, probe.ReceiveOne());
        }
    }

    [Fact]
    public void What_stays_on_its_node_has_no_mapping_that_nobody_needs()
    {
        var sampler = new MessageSampler(1, _actors, [_a.Id]);
        Assert.All(CrossingMessages.Local, kind =>
            Assert.Null(ConferenceMessages.Instance.ToProto(sampler.Make(kind), new ReferenceWriter(new ActorExports((_, _) => { }), _a.Id, _b.Id))));
    }

    [Fact]
    public void Every_kind_in_the_schema_is_some_message()
    {
        var sampler = new MessageSampler(1, _actors, [_a.Id]);
        var written = CrossingMessages.Kinds
            .Select(kind => ConferenceMessages.Instance.ToProto(sampler.Make(kind), new ReferenceWriter(new ActorExports((_, _) => { }), _a.Id, _b.Id)))
            .Select(payload => ((Payload)payload!).KindCase);
        Assert.Equal(Enum.GetValues<Payload.KindOneofCase>().Where(k => k != Payload.KindOneofCase.None).Order(), written.Order());
    }

    [Fact]
    public void Failures_cross_as_what_the_asker_can_act_on()
    {
        var id = new PersistenceId("user/joe");
        Assert.True(Crossed<JournalUnavailableException>(new JournalUnavailableException("away", outcomeUnknown: true)).OutcomeUnknown);
        Assert.IsType<JournalUnavailableException>(Crossed<Exception>(new JournalConflictException(id, 3)));
        Assert.IsType<JournalUnavailableException>(Crossed<Exception>(new TimeoutException()));
        Assert.Equal(new ShardFence(new ShardId(7), 9), Crossed<JournalFencedException>(new JournalFencedException(id, new ShardFence(new ShardId(7), 9))).Fence);
        Assert.Equal((id, 3), (Crossed<JournalCorruptException>(new JournalCorruptException(id, 3, "x")).PersistenceId, 3));
        Assert.Equal(3, Crossed<JournalTooNewException>(new JournalTooNewException(id, 3)).SequenceNr);
        Assert.DoesNotContain("joe", Crossed<RemoteFailureException>(new InvalidOperationException("joe's secret")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_hash_crosses_and_is_never_shown()
    {
        var credential = new UserCredential("pbkdf2$secret");
        var probe = _a.CreateTestProbe();
        probe.Send(Known(_b, from: _a), credential);
        Assert.Equal("pbkdf2$secret", probe.ExpectMsg<UserCredential>().PasswordHash);
        Assert.DoesNotContain("secret", credential.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_comes_over_a_link_nothing_is_thrown()
    {
        var links = new RecordingLinks();
        var writer = new RemoteActors(_a.Sys, _a, links, ConferenceMessages.Instance);
        var sampler = new MessageSampler(5, _actors, [_a.Id, _b.Id]);
        foreach (var kind in CrossingMessages.Kinds)
            writer.RefOf(_b.Id, WellKnownActor.Trunks).Tell(new Routed(new ShardId(3), 4, "joe", sampler.Make(kind)), _actors[0]);
        var random = new Random(11);
        var reader = RemoteOf(_b);
        int fed = 0;
        foreach (byte[] message in links.Sent)
        {
            for (int length = 0; length < message.Length; length += 1 + random.Next(5))
                Feed(message[..length]);
            for (int i = 0; i < 200; i++)
            {
                byte[] damaged = [.. message];
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                    // Behind the two nodes, which must be right to be looked at at all.
                    damaged[random.Next(36, damaged.Length)] = (byte)random.Next(256);
                Feed(damaged);
            }
        }

        for (int i = 0; i < 1000; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            Feed(noise);
        }

        Assert.Equal(CrossingMessages.Kinds.Count(), links.Sent.Count);
        Assert.InRange(reader.Statistics.Malformed, 1000, fed);

        void Feed(byte[] bytes)
        {
            reader.Received(_a.Id, bytes);
            fed++;
        }
    }

    [Fact]
    public void What_comes_from_or_for_another_life_is_dropped()
    {
        var links = new RecordingLinks();
        var writer = new RemoteActors(_a.Sys, _a, links, TestMessages.Instance);
        writer.RefOf(_b.Id, WellKnownActor.Trunks).Tell("hello", null);
        RemoteOf(_b).Received(new NodeId(Guid.NewGuid()), links.Sent[0]);
        writer.RefOf(new NodeId(Guid.NewGuid()), WellKnownActor.Trunks).Tell("hello", null);
        RemoteOf(_b).Received(_a.Id, links.Sent[1]);
        Assert.Equal(2, RemoteOf(_b).Statistics.Stale);
    }

    [Fact]
    public void A_content_of_a_newer_version_is_counted_and_harms_nobody()
    {
        var envelope = new Envelope
        {
            From = ByteString.CopyFrom(_a.Id.Value.ToByteArray(bigEndian: true)),
            To = ByteString.CopyFrom(_b.Id.Value.ToByteArray(bigEndian: true)),
        };
        RemoteOf(_b).Received(_a.Id, [.. envelope.ToByteArray(), .. new byte[] { 0xFA, 0x07, 0x01, 0x00 }]);
        Assert.Equal(1, RemoteOf(_b).Statistics.Unknown);
    }

    private T Crossed<T>(Exception cause) where T : Exception
    {
        var probe = _a.CreateTestProbe();
        probe.Send(Known(_b, from: _a), new Status.Failure(cause));
        return Assert.IsAssignableFrom<T>(probe.ExpectMsg<Status.Failure>().Cause);
    }

    private sealed class RecordingLinks : INodeLinks
    {
        public List<byte[]> Sent { get; } = [];

        public bool TrySend(NodeId to, ReadOnlySpan<byte> message)
        {
            Sent.Add(message.ToArray());
            return true;
        }

        public void Attach(INodeLinkHandler handler)
        {
        }
    }
}
