using System.Buffers;
using System.Reflection;
using Conference.Actors.Rooms;
using Conference.Actors.Serialization;
using Conference.Media;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Tests.Serialization;

/// <summary>A message in its parts, as they are written: to be put together again with one of them left out, changed or added.</summary>
internal static class KeyedParts
{
    /// <summary>Zero is as good a number as any, a switch that is not told of is off, and a domain is the default domain: so a later version may add them.</summary>
    private static readonly Type[] _zeroIsFine =
    [
        typeof(bool), typeof(int), typeof(long), typeof(uint), typeof(ushort), typeof(SessionId), typeof(PortId), typeof(RoomTerm), typeof(RoomStamp), typeof(Domain),
    ];

    /// <param name="Type">What it holds.</param>
    /// <param name="Bytes">As written.</param>
    /// <param name="MayBeMissing">Whoever reads can do without.</param>
    /// <param name="MayBeNull">It may be said to be nothing.</param>
    internal sealed record Part(Type Type, byte[] Bytes, bool MayBeMissing, bool MayBeNull);

    public static bool AreOf(Type type) => type.GetCustomAttribute<MessagePackObjectAttribute>() is not null;

    public static IReadOnlyList<Part> Of(object message, ConferenceSerializer serializer)
    {
        byte[] bytes = Manifests.Of(message.GetType()) is null ? Inner(message, serializer) : serializer.ToBinary(message);
        var reader = new MessagePackReader(bytes);
        int count = reader.ReadArrayHeader();
        var properties = message.GetType().GetProperties().Where(p => p.GetCustomAttribute<KeyAttribute>(inherit: true) is not null)
            .ToDictionary(p => p.GetCustomAttribute<KeyAttribute>(inherit: true)!.IntKey!.Value);
        Assert.Equal(count, properties.Count);
        var parts = new List<Part>();
        var nullability = new NullabilityInfoContext();
        for (int i = 0; i < count; i++)
        {
            var type = properties[i].PropertyType;
            bool mayBeNull = Nullable.GetUnderlyingType(type) is not null
                || (!type.IsValueType && nullability.Create(properties[i]).ReadState == NullabilityState.Nullable);
            parts.Add(new Part(type, reader.ReadRaw().ToArray(), mayBeNull || IsZeroFine(type), mayBeNull));
        }

        return parts;
    }

    /// <summary>A word of a list is, where its first is the one that means nothing special.</summary>
    private static bool IsZeroFine(Type type) => _zeroIsFine.Contains(type) || (type.IsEnum && Enum.IsDefined(type, Enum.ToObject(type, 0)));

    public static byte[] Join(IEnumerable<Part> parts)
    {
        var all = parts.ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(all.Length);
        foreach (var part in all)
            writer.WriteRaw(part.Bytes);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Of what never stands alone: taken out of a picture that holds it.</summary>
    private static byte[] Inner(object part, ConferenceSerializer serializer)
    {
        var who = (Participant)part;
        var parts = Of(new RoomNews.Picture(who.Name, default, who.Node, 0, 1, [new PicturedMember(who, [], false)], [], [], false), serializer);
        var reader = new MessagePackReader(parts[5].Bytes);
        Assert.Equal(1, reader.ReadArrayHeader());
        Assert.Equal(3, reader.ReadArrayHeader());
        return reader.ReadRaw().ToArray();
    }
}
