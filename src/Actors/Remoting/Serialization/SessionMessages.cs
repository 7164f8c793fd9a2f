using System.Collections.Immutable;
using Conference.Actors.Sessions;
using Conference.Protocol.Session;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What sessions, and who asks on behalf of one, are told.</summary>
internal static class SessionMessages
{
    internal static P.Payload? ToProto(object message) => message switch
    {
        SessionOutcome.Found => new() { Found = new() },
        SessionOutcome.NotFound => new() { NotFound = new() },
        SessionOutcome.StatusIs m => new() { StatusIs = new() { Status = m.Status.ToText() } },
        SessionOutcome.Connected m => new() { Connected = new() { Port = m.Port } },
        SessionOutcome.Done => new() { Done = new() },
        SessionOutcome.Reading m => new() { Reading = ToProto(m) },
        SessionOutcome.Members m => new() { Members = new() { All = { m.All.Select(Values.Write) } } },
        SessionOutcome.SignedIn m => new() { SignedIn = new() { Name = m.Name.ToString(), Grants = m.Grants is { } grants ? ToProto(grants) : null } },
        SessionOutcome.Refused m => new() { Refused = new() { Why = m.Why } },
        SessionNotice.Joined m => new() { JoinedNotice = new() { Who = m.Who.ToString() } },
        SessionNotice.Left m => new() { LeftNotice = new() { Who = m.Who.ToString() } },
        SessionNotice.Called m => new() { CalledNotice = new() { Service = m.Service.ToString(), Caller = m.Caller.ToString() } },
        SessionNotice.Spoke m => new() { SpokeNotice = new() { Who = m.Who.ToString() } },
        SessionNotice.Said m => new() { SaidNotice = ToProto(m) },
        SessionNotice.PutOut m => new() { PutOutNotice = new() { Room = m.Room.ToString() } },
        SessionCommands.Forgotten m => new() { Forgotten = new() { User = m.User.ToString() } },
        SessionCommands.End m => new() { EndSession = new() { Reason = m.Reason, Fate = Values.Write(m.Fate) } },
        _ => null,
    };

    internal static object? FromProto(P.Payload payload) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.Found => new SessionOutcome.Found(),
        P.Payload.KindOneofCase.NotFound => new SessionOutcome.NotFound(),
        P.Payload.KindOneofCase.StatusIs => new SessionOutcome.StatusIs(Values.Status(payload.StatusIs.Status)),
        P.Payload.KindOneofCase.Connected => new SessionOutcome.Connected(payload.Connected.Port),
        P.Payload.KindOneofCase.Done => new SessionOutcome.Done(),
        P.Payload.KindOneofCase.Reading => new SessionOutcome.Reading(payload.Reading.HasValue ? payload.Reading.Value : null),
        P.Payload.KindOneofCase.Members => new SessionOutcome.Members([.. payload.Members.All.Select(Values.Read)]),
        P.Payload.KindOneofCase.SignedIn => new SessionOutcome.SignedIn(
            Values.Name(payload.SignedIn.Name), payload.SignedIn.Grants is { } grants ? FromProto(grants) : null),
        P.Payload.KindOneofCase.Refused => new SessionOutcome.Refused(payload.Refused.Why),
        P.Payload.KindOneofCase.JoinedNotice => new SessionNotice.Joined(Values.Name(payload.JoinedNotice.Who)),
        P.Payload.KindOneofCase.LeftNotice => new SessionNotice.Left(Values.Name(payload.LeftNotice.Who)),
        P.Payload.KindOneofCase.CalledNotice =>
            new SessionNotice.Called(Values.Service(payload.CalledNotice.Service), Values.Name(payload.CalledNotice.Caller)),
        P.Payload.KindOneofCase.SpokeNotice => new SessionNotice.Spoke(Values.Name(payload.SpokeNotice.Who)),
        P.Payload.KindOneofCase.SaidNotice => FromProto(payload.SaidNotice),
        P.Payload.KindOneofCase.PutOutNotice => new SessionNotice.PutOut(Values.Name(payload.PutOutNotice.Room)),
        P.Payload.KindOneofCase.Forgotten => new SessionCommands.Forgotten(Values.Name(payload.Forgotten.User)),
        P.Payload.KindOneofCase.EndSession => new SessionCommands.End(payload.EndSession.Reason, Values.End(payload.EndSession.Fate)),
        _ => null,
    };

    internal static P.SaidNotice ToProto(SessionNotice.Said said)
    {
        var proto = new P.SaidNotice { Sender = said.Sender.ToString(), Service = said.Service.ToString(), Text = said.Text };
        if (said.ToOwnerOf is { } owner)
            proto.ToOwnerOf = owner.ToString();
        return proto;
    }

    internal static SessionNotice.Said FromProto(P.SaidNotice? proto)
    {
        proto ??= new P.SaidNotice();
        return new SessionNotice.Said(
            Values.Name(proto.Sender), Values.Service(proto.Service), proto.Text, proto.HasToOwnerOf ? Values.Name(proto.ToOwnerOf) : null);
    }

    private static P.Reading ToProto(SessionOutcome.Reading reading)
    {
        var proto = new P.Reading();
        if (reading.Value is { } value)
            proto.Value = value;
        return proto;
    }

    private static P.Grants ToProto(SessionGrants grants)
    {
        var proto = new P.Grants { AllRooms = grants.Rooms is null, MayPublish = grants.MayPublish };
        if (grants.Rooms is { } rooms)
            proto.Rooms.AddRange(rooms.Select(r => r.ToString()));
        if (grants.Until is { } until)
            proto.UntilTicks = until.UtcTicks;
        return proto;
    }

    private static SessionGrants FromProto(P.Grants proto) => new(
        proto.AllRooms ? null : proto.Rooms.Select(Values.Name).ToImmutableHashSet(),
        proto.MayPublish,
        proto.HasUntilTicks ? Values.Time(proto.UntilTicks) : null);
}
