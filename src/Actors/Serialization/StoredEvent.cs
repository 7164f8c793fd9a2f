using MessagePack;

namespace Conference.Actors.Serialization;

/// <summary>One event as the journal holds it.</summary>
/// <param name="Manifest">Of what kind.</param>
/// <param name="Payload">MessagePack.</param>
/// <param name="Checksum">See <see cref="EventSeal"/>.</param>
[MessagePackObject]
public sealed record StoredEvent(
    [property: Key(0)] string Manifest, [property: Key(1)] byte[] Payload, [property: Key(2)] uint Checksum);

/// <summary>One snapshot as the store holds it: the state after the event of its sequence number.</summary>
/// <param name="Manifest">Of what kind.</param>
/// <param name="Payload">MessagePack.</param>
/// <param name="Checksum">See <see cref="EventSeal"/>.</param>
[MessagePackObject]
public sealed record StoredSnapshot(
    [property: Key(0)] string Manifest, [property: Key(1)] byte[] Payload, [property: Key(2)] uint Checksum);
