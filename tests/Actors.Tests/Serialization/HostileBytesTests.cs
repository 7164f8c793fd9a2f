using System.Runtime.Serialization;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Actors.Users;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Tests.Serialization;

/// <summary>Whatever comes as a message: it is one, or it is refused in one way.</summary>
public sealed class HostileBytesTests(TwoSystems systems) : IClassFixture<TwoSystems>
{
    private const int Mutations = 30_000;

    private readonly ConferenceSerializer _serializer = systems.Serializer;

    [Theory]
    [InlineData("")]
    [InlineData("r.joinn")]
    [InlineData("R.JOIN")]
    [InlineData("r.newer")]
    [InlineData("System.Object, System.Private.CoreLib")]
    [InlineData("Conference.Actors.Rooms.RoomCommands+Join, Conference.Actors")]
    public void A_kind_that_this_version_does_not_know_is_refused(string manifest) =>
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([0x90], manifest));

    [Fact]
    public void A_message_that_is_cut_anywhere_is_refused()
    {
        foreach (var (manifest, bytes) in Samples())
        {
            for (int length = 0; length < bytes.Length; length++)
                Assert.Throws<SerializationException>(() => _serializer.FromBinary(bytes[..length], manifest));
        }
    }

    [Fact]
    public void Bytes_that_were_changed_are_refused_or_are_a_message_that_can_be_sent_on()
    {
        var random = new Random(11);
        var samples = Samples().ToArray();
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            var (manifest, bytes) = samples[i % samples.Length];
            byte[] damaged = [.. bytes];
            for (int changes = random.Next(1, 5); changes > 0; changes--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (!IsRead(manifest, damaged))
                refused++;
        }

        Assert.InRange(refused, Mutations / 10, Mutations - 1);
    }

    [Fact]
    public void Noise_is_refused()
    {
        var random = new Random(5);
        string[] manifests = [.. Manifests.Types.Keys];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            IsRead(manifests[i % manifests.Length], noise);
        }
    }

    [Fact]
    public void A_length_that_nobody_could_mean_costs_nothing()
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        foreach (var (manifest, type) in Manifests.Types)
        {
            // Of a kind without parts, nobody looks at what it holds.
            bool mayBeRead = KeyedParts.AreOf(type) && type.GetProperties().All(p => !p.IsDefined(typeof(KeyAttribute), inherit: true));
            // An array and a map of four billion, a text and bytes of as many.
            foreach (byte first in (byte[])[0xDD, 0xDF, 0xDB, 0xC6])
            {
                Assert.Equal(mayBeRead, IsRead(manifest, [first, 0xFF, 0xFF, 0xFF, 0xFF]) || mayBeRead);
                Assert.Equal(mayBeRead, IsRead(manifest, [0x91, first, 0xFF, 0xFF, 0xFF, 0xFF]) || mayBeRead);
            }
        }

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 200_000_000);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        byte[] deep = [.. Enumerable.Repeat((byte)0x91, 100_000), 0x90];
        foreach (string manifest in Manifests.Types.Keys)
            IsRead(manifest, deep);
    }

    [Fact]
    public void A_message_that_lacks_a_part_is_refused()
    {
        foreach (var type in WireTypes.Sent.Concat(WireTypes.Envelopes).Concat(WireTypes.Stored).Where(KeyedParts.AreOf))
        {
            object message = new MessageSampler(2, systems.Actors).Make(type);
            var parts = KeyedParts.Of(message, _serializer);
            for (int left = 0; left < parts.Count; left++)
            {
                if (parts.Skip(left).All(p => p.MayBeMissing))
                    continue;
                byte[] cut = KeyedParts.Join(parts.Take(left));
                Assert.False(IsRead(Manifests.Of(type)!, cut), $"{WireTypes.NameOf(type)} with {left} of {parts.Count}");
            }
        }
    }

    [Fact]
    public void A_part_that_is_nothing_where_something_must_be_is_refused()
    {
        foreach (var type in WireTypes.Sent.Concat(WireTypes.Envelopes).Concat(WireTypes.Stored).Where(KeyedParts.AreOf))
        {
            object message = new MessageSampler(2, systems.Actors).Make(type);
            var parts = KeyedParts.Of(message, _serializer);
            for (int i = 0; i < parts.Count; i++)
            {
                if (parts[i].MayBeNull)
                    continue;
                byte[] withNil = KeyedParts.Join(parts.Select((p, at) => at == i ? p with { Bytes = [MessagePackCode.Nil] } : p));
                Assert.False(IsRead(Manifests.Of(type)!, withNil), $"{WireTypes.NameOf(type)} without its part {i}");
            }
        }
    }

    [Fact]
    public void A_word_of_a_list_that_this_version_does_not_know_is_refused()
    {
        int found = 0;
        foreach (var type in WireTypes.Sent.Concat(WireTypes.Stored).Where(KeyedParts.AreOf))
        {
            object message = new MessageSampler(2, systems.Actors).Make(type);
            var parts = KeyedParts.Of(message, _serializer);
            for (int i = 0; i < parts.Count; i++)
            {
                if (!parts[i].Type.IsEnum)
                    continue;
                found++;
                byte[] unknown = KeyedParts.Join(parts.Select((p, at) => at == i ? p with { Bytes = [99] } : p));
                Assert.False(IsRead(Manifests.Of(type)!, unknown), $"{WireTypes.NameOf(type)} with 99 for its part {i}");
            }
        }

        Assert.InRange(found, 7, 100);
    }

    [Fact]
    public void Parts_that_a_later_version_adds_are_passed_over()
    {
        foreach (var type in WireTypes.Sent.Concat(WireTypes.Envelopes).Concat(WireTypes.Stored).Where(KeyedParts.AreOf))
        {
            object message = new MessageSampler(2, systems.Actors).Make(type);
            byte[] more = KeyedParts.Join([.. KeyedParts.Of(message, _serializer), new KeyedParts.Part(typeof(string), [0xA3, .. "new"u8], true, true)]);
            Alike.Check(message, _serializer.FromBinary(more, Manifests.Of(type)!));
        }
    }

    [Fact]
    public void What_is_inside_must_be_whole_too()
    {
        var who = new Participant(new SessionId(1), Name.Parse("joe"), systems.Actors[0], new NodeId(Guid.NewGuid()), systems.Actors[0], "a");
        var join = new RoomCommands.Join(Name.Parse("standup"), who, Support.RoomMakings.Port(1) with { Holder = systems.Actors[0] });
        var parts = KeyedParts.Of(join, _serializer);
        var whos = KeyedParts.Of(who, _serializer);
        Assert.True(IsRead("r.join", KeyedParts.Join(parts)));
        // The last was added later, and may be missing.
        for (int left = 0; left < whos.Count - 1; left++)
        {
            byte[] cut = KeyedParts.Join(whos.Take(left));
            Assert.False(IsRead("r.join", KeyedParts.Join(parts.Select((p, at) => at == 1 ? p with { Bytes = cut } : p))), $"a participant with {left} parts");
        }

        var names = KeyedParts.Of(new AwakeNames(["a"]), _serializer);
        Assert.False(IsRead("n.names", KeyedParts.Join([names[0] with { Bytes = [0x91, MessagePackCode.Nil] }])));
    }

    [Fact]
    public void What_is_stored_is_read_as_strictly()
    {
        foreach (var type in WireTypes.Stored.Where(KeyedParts.AreOf))
        {
            object stored = new MessageSampler(4, []).Make(type);
            var (manifest, payload) = StoredForms.Write(stored);
            Alike.Check(stored, StoredForms.Read(manifest, payload));
            for (int length = 0; length < payload.Length; length++)
                Assert.ThrowsAny<MessagePackSerializationException>(() => StoredForms.Read(manifest, payload[..length]));
        }

        Assert.Throws<MessagePackSerializationException>(() => StoredForms.Read("ue.newer", [0x90]));
        Assert.Throws<ArgumentException>(() => StoredForms.Write(new UserQueries.Find(Name.Parse("joe")).ToString()));
    }

    /// <returns>False when it was refused. Any other end than these two is a failure.</returns>
    private bool IsRead(string manifest, byte[] bytes)
    {
        object message;
        try
        {
            message = _serializer.FromBinary(bytes, manifest);
        }
        catch (SerializationException)
        {
            return false;
        }

        Assert.NotNull(message);
        Assert.NotNull(message.ToString());
        Assert.NotEmpty(_serializer.ToBinary(message));
        return true;
    }

    private IEnumerable<(string Manifest, byte[] Bytes)> Samples()
    {
        var sampler = new MessageSampler(5, systems.Actors);
        foreach (var (manifest, type) in Manifests.Types)
            yield return (manifest, _serializer.ToBinary(sampler.Make(type)));
    }
}
