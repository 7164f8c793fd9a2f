using Conference.Actors.Persistence.Protos;
using Conference.Actors.Presence;
using Conference.Actors.Rooms;
using Google.Protobuf;
using UserSnapshot = Conference.Actors.Presence.UserSnapshot;
using RoomSnapshot = Conference.Actors.Rooms.RoomSnapshot;

namespace Conference.Actors.Persistence.Serialization;

/// <summary>The conference's events and snapshots as journal.proto has them.</summary>
public sealed class ConferenceSerializer : IPayloadSerializer
{
    public static ConferenceSerializer Instance { get; } = new();

    public ReadOnlyMemory<byte> SerializeEvent(object @event) => (@event switch
    {
        UserEvent user => UserPayloads.ToProto(user),
        RoomJournalEvent room => RoomPayloads.ToProto(room),
        _ => throw new ArgumentException($"{@event.GetType().Name} is no event of this journal", nameof(@event)),
    }).ToByteArray();

    public object DeserializeEvent(ReadOnlySpan<byte> payload)
    {
        var envelope = Parse(EventEnvelope.Parser, payload);
        return UserPayloads.FromProto(envelope) ?? (object?)RoomPayloads.FromProto(envelope) ?? throw Unknown(payload);
    }

    public ReadOnlyMemory<byte> SerializeSnapshot(object snapshot) => (snapshot switch
    {
        UserSnapshot user => new SnapshotEnvelope { User = UserPayloads.ToProto(user) },
        RoomSnapshot room => new SnapshotEnvelope { Room = RoomPayloads.ToProto(room) },
        _ => throw new ArgumentException($"{snapshot.GetType().Name} is no snapshot of this journal", nameof(snapshot)),
    }).ToByteArray();

    public object DeserializeSnapshot(ReadOnlySpan<byte> payload)
    {
        var envelope = Parse(SnapshotEnvelope.Parser, payload);
        return envelope.KindCase switch
        {
            SnapshotEnvelope.KindOneofCase.User => UserPayloads.FromProto(envelope.User),
            SnapshotEnvelope.KindOneofCase.Room => RoomPayloads.FromProto(envelope.Room),
            _ => throw Unknown(payload),
        };
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> payload) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException("not a journal payload", exception);
        }
    }

    /// <summary>A kind of a newer version is there, as a field we do not know. Where nothing is there, nobody wrote it.</summary>
    private static Exception Unknown(ReadOnlySpan<byte> payload) =>
        payload.IsEmpty ? new InvalidDataException("an empty journal payload") : new UnknownPayloadException();
}
