using System.Diagnostics;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Conference.Actors.Tracing;
using MessagePack;

namespace Conference.Actors.Serialization;

/// <summary>
/// The one serializer of everything that is ours, between nodes and in the store: MessagePack with numbered keys, to which more are only appended,
/// under the short names of <see cref="Manifests"/>. What has none is neither written nor read.
/// </summary>
public sealed class ConferenceSerializer : SerializerWithStringManifest
{
    private const int TraceBytes = 16 + 8;

    private readonly MessagePackSerializerOptions _options;

    public ConferenceSerializer(ExtendedActorSystem system)
        : base(system) => _options = Formatters.Sent(system);

    public override int Identifier => 4201;

    /// <summary>The first use of each type costs milliseconds: that is not to be a client's.</summary>
    public void WarmUp()
    {
        foreach (var type in Manifests.Types.Values.Where(t => t != typeof(Traced)))
            _options.Resolver.GetFormatterDynamic(type);
    }

    public override string Manifest(object o) =>
        Manifests.Of(o.GetType()) ?? throw new SerializationException($"{o.GetType()} is not sent or stored");

    public override byte[] ToBinary(object obj) => obj is Traced traced
        ? WriteTraced(traced)
        : MessagePackSerializer.Serialize(obj.GetType(), obj, _options);

    /// <exception cref="SerializationException">A kind that this version does not know, or no message of that kind.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        var type = Manifests.Find(manifest) ?? throw new SerializationException($"'{manifest}' is no message that this version knows");
        try
        {
            return manifest == Manifests.Traced ? ReadTraced(bytes) : Completeness.Checked(MessagePackSerializer.Deserialize(type, bytes, _options));
        }
        catch (Exception e) when (e is not SerializationException)
        {
            throw new SerializationException($"what came as '{manifest}' is none", e);
        }
    }

    /// <summary>Trace id (16 bytes) and span id (8), then the message's own manifest and bytes.</summary>
    private byte[] WriteTraced(Traced traced)
    {
        byte[] trace = new byte[TraceBytes];
        traced.Parent.TraceId.CopyTo(trace.AsSpan(0, 16));
        traced.Parent.SpanId.CopyTo(trace.AsSpan(16));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(3);
        writer.Write(trace);
        writer.Write(Manifest(traced.Message));
        writer.Write(ToBinary(traced.Message));
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private object ReadTraced(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        if (reader.ReadArrayHeader() < 3)
            throw new SerializationException("a traced message lacks parts");
        byte[] trace = MessagePackSerializer.Deserialize<byte[]>(ref reader, _options) ?? [];
        string manifest = reader.ReadString() ?? "";
        byte[] content = MessagePackSerializer.Deserialize<byte[]>(ref reader, _options) ?? [];
        if (manifest == Manifests.Traced)
            throw new SerializationException("a traced message in another");
        object message = FromBinary(content, manifest);
        // A message is delivered even if its trace ids are not valid.
        if (trace.Length != TraceBytes || !trace.AsSpan(0, 16).ContainsAnyExcept((byte)0) || !trace.AsSpan(16).ContainsAnyExcept((byte)0))
            return message;
        return new Traced(message, new ActivityContext(
            ActivityTraceId.CreateFromBytes(trace.AsSpan(0, 16)), ActivitySpanId.CreateFromBytes(trace.AsSpan(16)), ActivityTraceFlags.Recorded,
            isRemote: true));
    }
}
