using MessagePack;

namespace Conference.Actors.Serialization;

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
