using Conference.Actors.Forwarding;
using Conference.Actors.Rooms;
using Conference.Media;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What forwarders are told from other nodes beside room events, and what they answer.</summary>
internal static class ForwarderMessages
{
    internal static P.Payload? ToProto(IForwarderMessage message) => message switch
    {
        ForwarderCommands.LeaveTaken c => new()
        {
            LeaveTaken = new() { Room = c.Room.ToString(), Term = Places.Write(c.Term), Who = c.Who.Value, Port = c.Port.Value },
        },
        ForwarderCommands.Said c => new()
        {
            WordsSaid = new() { Room = c.Room.ToString(), From = c.From.Value, Notice = SessionMessages.ToProto(c.Notice) },
        },
        ForwarderCommands.ReadSources c => new() { ReadSources = new() { Room = c.Room.ToString() } },
        ForwarderCommands.SpokeElsewhere c => new() { SpokeElsewhere = new() { Room = c.Room.ToString(), Speaker = c.Speaker.ToString() } },
        _ => null,
    };

    internal static P.Payload? AnswerToProto(object answer) => answer switch
    {
        ForwarderSources a => new()
        {
            ForwarderSources = new()
            {
                All = { a.All.Select(m => new P.MemberSources { Who = m.Who.Value, Sources = { m.Sources.Select(Values.Write) } }) },
            },
        },
        _ => null,
    };

    internal static object? FromProto(P.Payload payload) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.LeaveTaken => FromProto(payload.LeaveTaken),
        P.Payload.KindOneofCase.WordsSaid => FromProto(payload.WordsSaid),
        P.Payload.KindOneofCase.ReadSources => new ForwarderCommands.ReadSources(Values.Name(payload.ReadSources.Room)),
        P.Payload.KindOneofCase.SpokeElsewhere => new ForwarderCommands.SpokeElsewhere(
            Values.Name(payload.SpokeElsewhere.Room), Values.Name(payload.SpokeElsewhere.Speaker)),
        P.Payload.KindOneofCase.ForwarderSources => new ForwarderSources(
            [.. payload.ForwarderSources.All.Select(m => new MemberSources(new SessionId(m.Who), [.. m.Sources.Select(Values.Read)]))]),
        _ => null,
    };

    private static ForwarderCommands.LeaveTaken FromProto(P.LeaveTaken proto) =>
        new(Values.Name(proto.Room), Places.Read(proto.Term), new SessionId(proto.Who), new PortId(proto.Port));

    private static ForwarderCommands.Said FromProto(P.WordsSaid proto) =>
        new(Values.Name(proto.Room), new SessionId(proto.From), SessionMessages.FromProto(proto.Notice));
}
