using Conference.Actors.Rooms;
using Conference.Media;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What rooms tell the nodes with members.</summary>
internal static class RoomEventMessages
{
    internal static P.Payload? ToProto(RoomEvent happened, ReferenceWriter references)
    {
        var (room, stamp) = (happened.Room.ToString(), Places.Write(happened.Stamp));
        return happened switch
        {
            RoomEvent.Joined e => new()
            {
                Joined = new()
                {
                    Room = room,
                    Stamp = stamp,
                    Who = Places.Write(e.Who, references),
                    Port = Places.Write(e.Port, references),
                    Muted = e.IsMuted,
                    HasOwner = e.HasOwner,
                },
            },
            RoomEvent.Left e => new()
            {
                Left = new() { Room = room, Stamp = stamp, Who = e.Who.Value, Service = e.Service.ToString(), Port = e.Port.Value, Last = e.IsLast },
            },
            RoomEvent.Reconfigured e => new()
            {
                Reconfigured = new()
                {
                    Room = room,
                    Stamp = stamp,
                    Who = e.Who.Value,
                    Port = e.Port.Value,
                    Layers = Values.Write(e.Sending.Layers),
                    Muted = e.Sending.IsMuted,
                },
            },
            RoomEvent.PutOut e => new() { PutOut = new() { Room = room, Stamp = stamp, Who = e.Who.Value } },
            RoomEvent.Muted e => new() { Muted = new() { Room = room, Stamp = stamp, Member = e.Member.ToString(), Muted_ = e.IsMuted } },
            RoomEvent.Picture e => new()
            {
                Picture = new()
                {
                    Room = room,
                    Stamp = stamp,
                    Part = e.Part,
                    Parts = e.Parts,
                    Members = { e.Members.Select(m => Places.Write(m, references)) },
                    AllMuted = { e.AllMuted.Select(n => n.ToString()) },
                    Unheard = { e.Unheard.Select(references.Write) },
                    HasOwner = e.HasOwner,
                },
            },
            RoomEvent.Recovered => new() { Recovered = new() { Room = room, Stamp = stamp } },
            _ => null,
        };
    }

    internal static RoomEvent? FromProto(P.Payload payload, ReferenceReader references) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.Joined => FromProto(payload.Joined, references),
        P.Payload.KindOneofCase.Left => FromProto(payload.Left),
        P.Payload.KindOneofCase.Reconfigured => FromProto(payload.Reconfigured),
        P.Payload.KindOneofCase.PutOut => new RoomEvent.PutOut(
            Values.Name(payload.PutOut.Room), Places.Read(payload.PutOut.Stamp), new SessionId(payload.PutOut.Who)),
        P.Payload.KindOneofCase.Muted => FromProto(payload.Muted),
        P.Payload.KindOneofCase.Picture => FromProto(payload.Picture, references),
        P.Payload.KindOneofCase.Recovered =>
            new RoomEvent.Recovered(Values.Name(payload.Recovered.Room), Places.Read(payload.Recovered.Stamp)),
        _ => null,
    };

    private static RoomEvent.Joined FromProto(P.Joined proto, ReferenceReader references) => new(
        Values.Name(proto.Room), Places.Read(proto.Stamp), Places.Read(proto.Who, references), Places.Read(proto.Port, references), proto.Muted,
        proto.HasOwner);

    private static RoomEvent.Left FromProto(P.Left proto) => new(
        Values.Name(proto.Room), Places.Read(proto.Stamp), new SessionId(proto.Who), Values.Service(proto.Service), new PortId(proto.Port), proto.Last);

    private static RoomEvent.Reconfigured FromProto(P.Reconfigured proto) => new(
        Values.Name(proto.Room), Places.Read(proto.Stamp), new SessionId(proto.Who), new PortId(proto.Port),
        new PortSending(proto.Muted, Values.Layers(proto.Layers)));

    private static RoomEvent.Muted FromProto(P.Muted proto) =>
        new(Values.Name(proto.Room), Places.Read(proto.Stamp), Values.Name(proto.Member), proto.Muted_);

    private static RoomEvent.Picture FromProto(P.Picture proto, ReferenceReader references) => new(
        Values.Name(proto.Room), Places.Read(proto.Stamp), proto.Part, proto.Parts, [.. proto.Members.Select(m => Places.Read(m, references))],
        [.. proto.AllMuted.Select(Values.Name)], [.. proto.Unheard.Select(references.Read)], proto.HasOwner);
}
