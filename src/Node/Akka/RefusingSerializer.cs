using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Conference.Node.Akka;

/// <summary>
/// Has the place and the identifier of Akka's serializer for everything else, JSON with names of types in it: refuses to write what nobody gave a manifest, and
/// to read what a stranger would like to have made.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    /// <summary>That of Akka's Newtonsoft serializer.</summary>
    public const int TakenIdentifier = 1;

    public RefusingSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Akka hands its settings for JSON to whatever is called json.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
    }

    public override int Identifier => TakenIdentifier;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no serializer: it must not leave its node");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("JSON is not read");
}
