using Google.Protobuf;

namespace Conference.Actors.Persistence.Serialization;

/// <summary>A command's id as the journal has it: 16 bytes, big-endian; none where it was journaled before commands had ids.</summary>
internal static class CommandBytes
{
    internal static ByteString Of(CommandId? command) =>
        command is { } id ? ByteString.CopyFrom(id.Value.ToByteArray(bigEndian: true)) : ByteString.Empty;

    internal static CommandId? Read(ByteString bytes) => bytes.Length switch
    {
        0 => null,
        16 => new CommandId(new Guid(bytes.Span, bigEndian: true)),
        _ => throw new InvalidDataException("a command's id has 16 bytes"),
    };
}
