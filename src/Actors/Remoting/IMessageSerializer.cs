using Google.Protobuf;

namespace Conference.Actors.Remoting;

/// <summary>Between what actors say to each other and what crosses a link.</summary>
internal interface IMessageSerializer
{
    /// <returns>Null when this is no message that crosses nodes.</returns>
    IMessage? ToProto(object message, ReferenceWriter references);

    /// <returns>Null when it is of a kind this version does not know.</returns>
    /// <exception cref="InvalidProtocolBufferException">Not what any version writes.</exception>
    /// <exception cref="InvalidDataException">The same.</exception>
    object? FromProto(ByteString payload, ReferenceReader references);
}
