using System.Text;
using Conference.Actors.Persistence;

namespace Conference.Actors.Tests.Persistence;

/// <summary>Events and snapshots are strings. <c>?</c> is of a newer version, <c>!</c> is damaged.</summary>
internal sealed class TextSerializer : IPayloadSerializer
{
    public ReadOnlyMemory<byte> SerializeEvent(object @event) =>
        @event is string text ? Encoding.UTF8.GetBytes(text) : throw new ArgumentException("not a string", nameof(@event));

    public object DeserializeEvent(ReadOnlySpan<byte> payload) => Encoding.UTF8.GetString(payload) switch
    {
        "?" => throw new UnknownPayloadException(),
        "!" => throw new InvalidDataException("damaged"),
        var text => text,
    };

    public ReadOnlyMemory<byte> SerializeSnapshot(object snapshot) => SerializeEvent(snapshot);

    public object DeserializeSnapshot(ReadOnlySpan<byte> payload) => DeserializeEvent(payload);
}
