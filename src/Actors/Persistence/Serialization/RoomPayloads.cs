using Conference.Actors.Persistence.Protos;
using Conference.Actors.Rooms;
using Conference.Protocol.Addresses;
using Google.Protobuf;
using RoomSnapshot = Conference.Actors.Rooms.RoomSnapshot;

namespace Conference.Actors.Persistence.Serialization;

/// <summary>What is journaled of rooms, to and from journal.proto.</summary>
internal static class RoomPayloads
{
    internal static EventEnvelope ToProto(RoomJournalEvent @event) => @event switch
    {
        RoomJournalEvent.RoomKept e => new() { RoomKept = ToProto(e) },
        RoomJournalEvent.RoomClosed e => new() { RoomClosed = new() { Command = CommandBytes.Of(e.Command) } },
        RoomJournalEvent.MemberMuted e => new()
        {
            MemberMuted = new() { Member = e.Member.ToString(), Muted = e.IsMuted, Command = CommandBytes.Of(e.Command) },
        },
        RoomJournalEvent.MemberPutOut e => new() { MemberPutOut = new() { Member = e.Member.ToString(), Command = CommandBytes.Of(e.Command) } },
        RoomJournalEvent.CallStarted e => new() { CallStarted = ToProto(e) },
        RoomJournalEvent.CallEnded e => new() { CallEnded = ToProto(e) },
        _ => throw new ArgumentException($"{@event.GetType().Name} has no payload", nameof(@event)),
    };

    /// <returns>Null when it is no room's.</returns>
    internal static RoomJournalEvent? FromProto(EventEnvelope envelope) => envelope.KindCase switch
    {
        EventEnvelope.KindOneofCase.RoomKept => FromProto(envelope.RoomKept),
        EventEnvelope.KindOneofCase.RoomClosed => new RoomJournalEvent.RoomClosed(CommandBytes.Read(envelope.RoomClosed.Command)),
        EventEnvelope.KindOneofCase.MemberMuted => new RoomJournalEvent.MemberMuted(
            NameOf(envelope.MemberMuted.Member), envelope.MemberMuted.Muted, CommandBytes.Read(envelope.MemberMuted.Command)),
        EventEnvelope.KindOneofCase.MemberPutOut =>
            new RoomJournalEvent.MemberPutOut(NameOf(envelope.MemberPutOut.Member), CommandBytes.Read(envelope.MemberPutOut.Command)),
        EventEnvelope.KindOneofCase.CallStarted => FromProto(envelope.CallStarted),
        EventEnvelope.KindOneofCase.CallEnded => FromProto(envelope.CallEnded),
        _ => null,
    };

    internal static Protos.RoomSnapshot ToProto(RoomSnapshot snapshot)
    {
        var proto = new Protos.RoomSnapshot { Kept = snapshot.Kept is { } kept ? ToProto(kept) : null };
        proto.OpenCalls.AddRange(snapshot.OpenCalls.Select(ToProto));
        proto.Muted.AddRange(snapshot.Muted.Select(name => name.ToString()));
        proto.Done.AddRange(snapshot.Done.Select(command => CommandBytes.Of(command)));
        proto.PutOut.AddRange(snapshot.PutOut.Select(IdOf));
        return proto;
    }

    internal static RoomSnapshot FromProto(Protos.RoomSnapshot proto) => new(
        proto.Kept is { } kept ? FromProto(kept) : null, [.. proto.OpenCalls.Select(FromProto)], [.. proto.Muted.Select(NameOf)])
    {
        Done = [.. proto.Done.Select(CommandBytes.Read).OfType<CommandId>()],
        PutOut = [.. proto.PutOut.Select(IdOf)],
    };

    private static RoomKept ToProto(RoomJournalEvent.RoomKept kept) =>
        new() { MaxMembers = kept.MaxMembers, Locked = kept.IsLocked, Command = CommandBytes.Of(kept.Command) };

    private static RoomJournalEvent.RoomKept FromProto(RoomKept proto) =>
        new(proto.MaxMembers, proto.Locked, CommandBytes.Read(proto.Command));

    private static CallStarted ToProto(RoomJournalEvent.CallStarted e) => new()
    {
        Call = IdOf(e.Call),
        User = e.User.ToString(),
        Session = e.Session,
        Node = e.Node,
        AtMicros = CallCursor.Micros(e.At),
    };

    private static RoomJournalEvent.CallStarted FromProto(CallStarted proto) =>
        new(IdOf(proto.Call), NameOf(proto.User), proto.Session, proto.Node, CallCursor.Time(proto.AtMicros));

    private static CallEnded ToProto(RoomJournalEvent.CallEnded e)
    {
        var proto = new CallEnded
        {
            Call = IdOf(e.Call),
            AtMicros = CallCursor.Micros(e.At),
            End = (Protos.CallEnd)e.End,
            BytesIn = e.Totals.BytesIn,
            BytesOut = e.Totals.BytesOut,
            PacketsIn = e.Totals.PacketsIn,
            PacketsOut = e.Totals.PacketsOut,
        };
        proto.Services.AddRange(e.Totals.Services);
        return proto;
    }

    private static RoomJournalEvent.CallEnded FromProto(CallEnded proto) => new(
        IdOf(proto.Call),
        CallCursor.Time(proto.AtMicros),
        (CallEnd)proto.End,
        new CallTotals([.. proto.Services], proto.BytesIn, proto.BytesOut, proto.PacketsIn, proto.PacketsOut));

    private static ByteString IdOf(Guid call) => ByteString.CopyFrom(call.ToByteArray(bigEndian: true));

    private static Guid IdOf(ByteString call) =>
        call.Length == 16 ? new Guid(call.Span, bigEndian: true) : throw new InvalidDataException("a call's id has 16 bytes");

    private static Name NameOf(string text) =>
        Name.TryParse(text, out var name) ? name : throw new InvalidDataException("not a legal name");
}
