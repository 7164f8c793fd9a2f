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

/// <summary>Events and snapshots as bytes under their manifests.</summary>
internal static class StoredForms
{
    /// <exception cref="ArgumentException">It is not stored.</exception>
    public static (string Manifest, byte[] Payload) Write(object stored)
    {
        string manifest = Manifests.Of(stored.GetType()) ?? throw new ArgumentException($"{stored.GetType()} has no manifest", nameof(stored));
        return (manifest, MessagePackSerializer.Serialize(stored.GetType(), stored, Formatters.Stored));
    }

    /// <exception cref="MessagePackSerializationException">Not what any version writes, or a newer version's.</exception>
    public static object Read(string manifest, byte[] payload)
    {
        var type = Manifests.Find(manifest) ?? throw new MessagePackSerializationException("a kind that this version does not know");
        return Completeness.Checked(MessagePackSerializer.Deserialize(type, payload, Formatters.Stored));
    }
}

/// <summary>A stored event or snapshot is not what was stored, or of a kind that this version does not know.</summary>
/// <param name="what">Which row and why, without what is in it.</param>
/// <param name="isSnapshot">False for an event.</param>
/// <param name="cause">What reading it came to; null for a checksum that does not fit.</param>
public sealed class DamagedRowException(string what, bool isSnapshot, Exception? cause = null) : Exception(what, cause)
{
    public bool IsSnapshot => isSnapshot;
}
