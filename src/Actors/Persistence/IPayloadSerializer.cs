namespace Conference.Actors.Persistence;

/// <summary>Between what actors persist and what a journal keeps.</summary>
public interface IPayloadSerializer
{
    /// <exception cref="ArgumentException">No event this knows: a bug of who persists it.</exception>
    ReadOnlyMemory<byte> SerializeEvent(object @event);

    /// <exception cref="UnknownPayloadException">A newer version's.</exception>
    /// <exception cref="InvalidDataException">Not what any version writes.</exception>
    object DeserializeEvent(ReadOnlySpan<byte> payload);

    /// <inheritdoc cref="SerializeEvent"/>
    ReadOnlyMemory<byte> SerializeSnapshot(object snapshot);

    /// <inheritdoc cref="DeserializeEvent"/>
    object DeserializeSnapshot(ReadOnlySpan<byte> payload);
}

/// <summary>The payload is well-formed, but of a kind this version does not know.</summary>
public sealed class UnknownPayloadException() : Exception("a kind of payload that this version does not know");
