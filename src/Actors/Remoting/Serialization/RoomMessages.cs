using Conference.Actors.Rooms;
using Conference.Media;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What is said to rooms, and what they answer.</summary>
internal static class RoomMessages
{
    internal static P.Payload? ToProto(IRoomCommand command, ReferenceWriter references) => command switch
    {
        RoomCommands.Join c => new() { RoomJoin = ToProto(c, references) },
        RoomCommands.Leave c => new() { RoomLeave = ToProto(c, references) },
        RoomCommands.Register c => new() { RoomRegister = ToProto(c, references) },
        RoomCommands.CatchUp c => new()
        {
            RoomCatchUp = new()
            {
                Room = c.Room.ToString(),
                From = references.Write(c.From),
                Node = references.Write(c.Node),
                Heard = Places.Write(c.Heard),
            },
        },
        RoomCommands.Reconfigure c => new()
        {
            RoomReconfigure = new()
            {
                Room = c.Room.ToString(),
                Who = c.Who.Value,
                Port = c.Port.Value,
                Layers = Values.Write(c.Sending.Layers),
                Muted = c.Sending.IsMuted,
            },
        },
        RoomCommands.Keep c => new()
        {
            RoomKeep = new() { Room = c.Room.ToString(), MaxMembers = c.MaxMembers, Locked = c.IsLocked, Command = Values.Write(c.Command) },
        },
        RoomCommands.Close c => new() { RoomClose = new() { Room = c.Room.ToString(), Command = Values.Write(c.Command) } },
        RoomCommands.PutOut c => new()
        {
            RoomPutOut = new() { Room = c.Room.ToString(), Member = c.Member.ToString(), Command = Values.Write(c.Command) },
        },
        RoomCommands.Mute c => new()
        {
            RoomMute = new() { Room = c.Room.ToString(), Member = c.Member.ToString(), Muted = c.IsMuted, Command = Values.Write(c.Command) },
        },
        RoomCommands.Describe c => new() { RoomDescribe = new() { Room = c.Room.ToString() } },
        RoomCommands.Say c => new() { RoomSay = ToProto(c) },
        RoomCommands.ListMembers c => new() { RoomListMembers = new() { Room = c.Room.ToString() } },
        RoomCommands.Locate c => new() { RoomLocate = new() { Room = c.Room.ToString() } },
        RoomCommands.Find c => new() { RoomFind = new() { Room = c.Room.ToString() } },
        _ => null,
    };

    internal static P.Payload? AnswerToProto(object answer, ReferenceWriter references) => answer switch
    {
        RoomPresence a => new() { RoomPresence = new() { Open = a.IsOpen, Kept = a.IsKept, Busy = a.IsBusy } },
        RoomLocations a => new()
        {
            RoomLocations = new()
            {
                Members = { a.Members.Select(m => new P.LocatedMember { Session = m.Session.Value, Shown = Values.Write(m.Shown) }) },
                Nodes = { a.Nodes.Select(references.Write) },
            },
        },
        RoomDetails a => new() { RoomDetails = ToProto(a) },
        _ => null,
    };

    internal static object? FromProto(P.Payload payload, ReferenceReader references) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.RoomJoin => FromProto(payload.RoomJoin, references),
        P.Payload.KindOneofCase.RoomLeave => FromProto(payload.RoomLeave, references),
        P.Payload.KindOneofCase.RoomRegister => FromProto(payload.RoomRegister, references),
        P.Payload.KindOneofCase.RoomCatchUp => FromProto(payload.RoomCatchUp, references),
        P.Payload.KindOneofCase.RoomReconfigure => FromProto(payload.RoomReconfigure),
        P.Payload.KindOneofCase.RoomKeep => FromProto(payload.RoomKeep),
        P.Payload.KindOneofCase.RoomClose => new RoomCommands.Close(Values.Name(payload.RoomClose.Room), Values.Command(payload.RoomClose.Command)),
        P.Payload.KindOneofCase.RoomPutOut => FromProto(payload.RoomPutOut),
        P.Payload.KindOneofCase.RoomMute => FromProto(payload.RoomMute),
        P.Payload.KindOneofCase.RoomDescribe => new RoomCommands.Describe(Values.Name(payload.RoomDescribe.Room)),
        P.Payload.KindOneofCase.RoomSay => FromProto(payload.RoomSay),
        P.Payload.KindOneofCase.RoomListMembers => new RoomCommands.ListMembers(Values.Name(payload.RoomListMembers.Room)),
        P.Payload.KindOneofCase.RoomLocate => new RoomCommands.Locate(Values.Name(payload.RoomLocate.Room)),
        P.Payload.KindOneofCase.RoomFind => new RoomCommands.Find(Values.Name(payload.RoomFind.Room)),
        P.Payload.KindOneofCase.RoomPresence => new RoomPresence(payload.RoomPresence.Open, payload.RoomPresence.Kept, payload.RoomPresence.Busy),
        P.Payload.KindOneofCase.RoomLocations => FromProto(payload.RoomLocations, references),
        P.Payload.KindOneofCase.RoomDetails => FromProto(payload.RoomDetails),
        _ => null,
    };

    internal static P.RoomJoin ToProto(RoomCommands.Join join, ReferenceWriter references) => new()
    {
        Room = join.Room.ToString(),
        Who = Places.Write(join.Who, references),
        Port = Places.Write(join.Port, references),
        HasOwner = join.HasOwner,
    };

    internal static RoomCommands.Join FromProto(P.RoomJoin proto, ReferenceReader references) =>
        new(Values.Name(proto.Room), Places.Read(proto.Who, references), Places.Read(proto.Port, references), proto.HasOwner);

    internal static P.RoomSay ToProto(RoomCommands.Say say) => new()
    {
        Room = say.Room.ToString(),
        From = say.From.Value,
        Speaker = say.Speaker.ToString(),
        Service = say.Service.ToString(),
        Text = say.Text,
    };

    internal static RoomCommands.Say FromProto(P.RoomSay? proto)
    {
        proto ??= new P.RoomSay();
        return new(Values.Name(proto.Room), new SessionId(proto.From), Values.Name(proto.Speaker), Values.Service(proto.Service), proto.Text);
    }

    private static P.RoomLeave ToProto(RoomCommands.Leave leave, ReferenceWriter references) => new()
    {
        Room = leave.Room.ToString(),
        Who = leave.Who.Value,
        Service = leave.Service.ToString(),
        Port = leave.Port.Value,
        Totals = Values.Write(leave.Totals),
        End = Values.Write(leave.End),
        Node = references.Write(leave.Node),
    };

    private static RoomCommands.Leave FromProto(P.RoomLeave proto, ReferenceReader references) => new(
        Values.Name(proto.Room), new SessionId(proto.Who), Values.Service(proto.Service), new PortId(proto.Port), Values.Read(proto.Totals),
        Values.End(proto.End), references.Read(proto.Node));

    private static P.RoomRegister ToProto(RoomCommands.Register register, ReferenceWriter references) => new()
    {
        Room = register.Room.ToString(),
        From = references.Write(register.From),
        Node = references.Write(register.Node),
        Known = Places.Write(register.Known),
        Members = { register.Members.Select(m => Places.Write(m, references)) },
        Last = register.IsLast,
        HasOwner = register.HasOwner,
    };

    private static RoomCommands.Register FromProto(P.RoomRegister proto, ReferenceReader references) => new(
        Values.Name(proto.Room), references.Read(proto.From), references.Read(proto.Node), Places.Read(proto.Known),
        [.. proto.Members.Select(m => Places.Read(m, references))], proto.Last, proto.HasOwner);

    private static RoomCommands.CatchUp FromProto(P.RoomCatchUp proto, ReferenceReader references) =>
        new(Values.Name(proto.Room), references.Read(proto.From), references.Read(proto.Node), Places.Read(proto.Heard));

    private static RoomCommands.Reconfigure FromProto(P.RoomReconfigure proto) =>
        new(Values.Name(proto.Room), new SessionId(proto.Who), new PortId(proto.Port), new PortSending(proto.Muted, Values.Layers(proto.Layers)));

    private static RoomCommands.Keep FromProto(P.RoomKeep proto) =>
        new(Values.Name(proto.Room), proto.MaxMembers, proto.Locked, Values.Command(proto.Command));

    private static RoomCommands.PutOut FromProto(P.RoomPutOut proto) =>
        new(Values.Name(proto.Room), Values.Name(proto.Member), Values.Command(proto.Command));

    private static RoomCommands.Mute FromProto(P.RoomMute proto) =>
        new(Values.Name(proto.Room), Values.Name(proto.Member), proto.Muted, Values.Command(proto.Command));

    private static RoomLocations FromProto(P.RoomLocations proto, ReferenceReader references) => new(
        [.. proto.Members.Select(m => new LocatedMember(new SessionId(m.Session), Values.Read(m.Shown)))], [.. proto.Nodes.Select(references.Read)]);

    private static P.RoomDetails ToProto(RoomDetails details)
    {
        var proto = new P.RoomDetails
        {
            Room = details.Room.ToString(),
            Kept = details.IsKept,
            Locked = details.IsLocked,
            MaxMembers = details.MaxMembers,
        };
        proto.Members.AddRange(details.Members.Select(m => new P.MemberDetails
        {
            Name = m.Name.ToString(),
            Session = m.Session.Value,
            Node = m.Node,
            Services = { Values.Write(m.Services) },
            Muted = m.IsMuted,
            SinceTicks = m.Since.UtcTicks,
        }));
        return proto;
    }

    private static RoomDetails FromProto(P.RoomDetails proto) => new(
        Values.Name(proto.Room), proto.Kept, proto.Locked, proto.MaxMembers,
        [.. proto.Members.Select(m => new MemberDetails(
            Values.Name(m.Name), new SessionId(m.Session), m.Node, Values.Services(m.Services), m.Muted, Values.Time(m.SinceTicks)))]);
}
