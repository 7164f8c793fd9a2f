using Conference.Actors.Rooms;
using Conference.Media;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>Who is where in a room: values with references in them.</summary>
internal static class Places
{
    internal static P.Participant Write(Participant who, ReferenceWriter references) => new()
    {
        Id = who.Id.Value,
        Name = who.Name.ToString(),
        Session = references.Write(who.Session),
        On = references.Write(who.On),
        Node = references.Write(who.Node),
        NodeName = who.NodeName,
    };

    internal static Participant Read(P.Participant? proto, ReferenceReader references)
    {
        proto ??= new P.Participant();
        return new Participant(
            new SessionId(proto.Id), Values.Name(proto.Name), references.Read(proto.Session), references.Read(proto.On), references.Read(proto.Node),
            proto.NodeName);
    }

    internal static P.JoiningPort Write(JoiningPort port, ReferenceWriter references) => new()
    {
        Port = port.Port.Value,
        Number = port.Number,
        Loop = port.Loop,
        Service = port.Service.ToString(),
        Parameters = Values.Write(port.Parameters),
        Holder = references.Write(port.Holder),
    };

    internal static JoiningPort Read(P.JoiningPort? proto, ReferenceReader references)
    {
        proto ??= new P.JoiningPort();
        return new JoiningPort(
            new PortId(proto.Port), proto.Number, proto.Loop, Values.Service(proto.Service), Values.Read(proto.Parameters),
            references.Read(proto.Holder));
    }

    internal static P.MemberPort Write(MemberPort port) => new() { Service = port.Service.ToString(), Port = port.Port.Value };

    internal static MemberPort Read(P.MemberPort proto) => new(Values.Service(proto.Service), new PortId(proto.Port));

    internal static P.RegisteredMember Write(RegisteredMember member, ReferenceWriter references) => new()
    {
        Who = Write(member.Who, references),
        Ports = { member.Ports.Select(p => Write(p, references)) },
        Leaving = { member.Leaving.Select(Write) },
        BeingPutOut = member.IsBeingPutOut,
    };

    internal static RegisteredMember Read(P.RegisteredMember proto, ReferenceReader references) => new(
        Read(proto.Who, references), [.. proto.Ports.Select(p => Read(p, references))], [.. proto.Leaving.Select(Read)], proto.BeingPutOut);

    internal static P.PicturedMember Write(PicturedMember member, ReferenceWriter references) => new()
    {
        Who = Write(member.Who, references),
        Ports = { member.Ports.Select(p => Write(p, references)) },
        BeingPutOut = member.IsBeingPutOut,
    };

    internal static PicturedMember Read(P.PicturedMember proto, ReferenceReader references) =>
        new(Read(proto.Who, references), [.. proto.Ports.Select(p => Read(p, references))], proto.BeingPutOut);

    internal static P.RoomTerm Write(RoomTerm term) => new() { Epoch = term.Epoch, Life = term.Life };

    internal static RoomTerm Read(P.RoomTerm? proto) => proto is null ? RoomTerm.None : new RoomTerm(proto.Epoch, proto.Life);

    internal static P.RoomStamp Write(RoomStamp stamp) => new() { Term = Write(stamp.Term), Seq = stamp.Seq };

    internal static RoomStamp Read(P.RoomStamp? proto) => proto is null ? default : new RoomStamp(Read(proto.Term), proto.Seq);
}
