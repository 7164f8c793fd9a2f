using Conference.Actors.Forwarding;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Google.Protobuf;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>
/// The messages of the conference that cross nodes, as messages.proto has them. What only ever goes from one actor to another of the same
/// node is not there.
/// </summary>
internal sealed class ConferenceMessages : IMessageSerializer
{
    public static ConferenceMessages Instance { get; } = new();

    public IMessage? ToProto(object message, ReferenceWriter references) => message switch
    {
        IUserCommand command => UserMessages.ToProto(command, references),
        IRoomCommand command => RoomMessages.ToProto(command, references),
        RoomEvent happened => RoomEventMessages.ToProto(happened, references),
        IForwarderMessage command => ForwarderMessages.ToProto(command),
        _ => NodeMessages.ToProto(message) ?? SessionMessages.ToProto(message) ?? UserMessages.AnswerToProto(message)
            ?? RoomMessages.AnswerToProto(message, references) ?? ForwarderMessages.AnswerToProto(message),
    };

    public object? FromProto(ByteString payload, ReferenceReader references)
    {
        var proto = P.Payload.Parser.ParseFrom(payload);
        return UserMessages.FromProto(proto, references)
            ?? RoomMessages.FromProto(proto, references)
            ?? RoomEventMessages.FromProto(proto, references)
            ?? ForwarderMessages.FromProto(proto)
            ?? SessionMessages.FromProto(proto)
            ?? NodeMessages.FromProto(proto);
    }
}
