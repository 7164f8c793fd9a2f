using System.Net;
using Conference.Actors.Cluster;
using Conference.Actors.Forwarding;
using Conference.Actors.Persistence;
using Conference.Media;
using Google.Protobuf;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What nodes ask each other about themselves.</summary>
internal static class NodeMessages
{
    internal static P.Payload? ToProto(object message) => message switch
    {
        ListAwake m => new() { ListAwake = ToProto(m) },
        AwakeNames m => new() { AwakeNames = new() { Names = { m.Names } } },
        TrunkCommands.Take m => new() { TrunkOffered = ToProto(m) },
        ReadFigures m => new() { ReadFigures = new() { WithRooms = m.WithRooms } },
        // What was read is not written to again.
        FiguresRead m => new() { FiguresRead = new() { Content = UnsafeByteOperations.UnsafeWrap(m.Content) } },
        DrainCommands.Begin m => new() { DrainBegin = ToProto(m) },
        DrainCommands.CallOff => new() { DrainCallOff = new() },
        DrainCommands.Read => new() { DrainRead = new() },
        DrainStatus m => new() { DrainStatus = ToProto(m) },
        _ => null,
    };

    internal static object? FromProto(P.Payload payload) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.ListAwake => FromProto(payload.ListAwake),
        P.Payload.KindOneofCase.AwakeNames => new AwakeNames([.. payload.AwakeNames.Names]),
        P.Payload.KindOneofCase.TrunkOffered => FromProto(payload.TrunkOffered),
        P.Payload.KindOneofCase.ReadFigures => new ReadFigures(payload.ReadFigures.WithRooms),
        P.Payload.KindOneofCase.FiguresRead => new FiguresRead(payload.FiguresRead.Content.Memory),
        P.Payload.KindOneofCase.DrainBegin => FromProto(payload.DrainBegin),
        P.Payload.KindOneofCase.DrainCallOff => new DrainCommands.CallOff(),
        P.Payload.KindOneofCase.DrainRead => new DrainCommands.Read(),
        P.Payload.KindOneofCase.DrainStatus => FromProto(payload.DrainStatus),
        _ => null,
    };

    private static P.ListAwake ToProto(ListAwake list)
    {
        var proto = new P.ListAwake { Kind = (P.Listed)list.Kind, Limit = list.Limit };
        if (list.After is { } after)
            proto.After = after;
        return proto;
    }

    private static ListAwake FromProto(P.ListAwake proto) => new(
        Enum.IsDefined((DirectoryKind)proto.Kind) ? (DirectoryKind)proto.Kind : throw new InvalidDataException("nothing that is listed"),
        proto.HasAfter ? proto.After : null,
        proto.Limit);

    private static P.TrunkOffered ToProto(TrunkCommands.Take take) => new()
    {
        From = NodeIds.Write(take.From),
        Index = take.Offer.Index,
        Secret = ByteString.CopyFrom(take.Offer.Secret.AsSpan()),
        Endpoints =
        {
            take.Offer.Endpoints.Select(e => new P.TrunkEndpoint { Address = ByteString.CopyFrom(e.Address.GetAddressBytes()), Port = (uint)e.Port }),
        },
    };

    private static TrunkCommands.Take FromProto(P.TrunkOffered proto) => new(
        NodeIds.Read(proto.From),
        new TrunkOffer(
            proto.Index <= ushort.MaxValue ? (ushort)proto.Index : throw new InvalidDataException("no index of a key"),
            [.. proto.Secret],
            [.. proto.Endpoints.Select(FromProto)]));

    private static IPEndPoint FromProto(P.TrunkEndpoint proto) => proto.Address.Length is 4 or 16 && proto.Port <= IPEndPoint.MaxPort
        ? new IPEndPoint(new IPAddress(proto.Address.Span), (int)proto.Port)
        : throw new InvalidDataException("nowhere to send to");

    private static P.DrainBegin ToProto(DrainCommands.Begin begin)
    {
        var proto = new P.DrainBegin();
        if (begin.Within is { } within)
            proto.WithinTicks = within.Ticks;
        return proto;
    }

    private static DrainCommands.Begin FromProto(P.DrainBegin proto) => new(proto.HasWithinTicks ? TimeSpan.FromTicks(proto.WithinTicks) : null);

    private static P.DrainStatus ToProto(DrainStatus status)
    {
        var proto = new P.DrainStatus { State = (P.DrainState)status.State, Sessions = status.Sessions, Shards = status.Shards };
        if (status.Since is { } since)
            proto.SinceTicks = since.UtcTicks;
        if (status.Deadline is { } deadline)
            proto.DeadlineTicks = deadline.UtcTicks;
        return proto;
    }

    private static DrainStatus FromProto(P.DrainStatus proto) => new(
        Enum.IsDefined((DrainState)proto.State) ? (DrainState)proto.State : throw new InvalidDataException("no state of a drain"),
        proto.HasSinceTicks ? Values.Time(proto.SinceTicks) : null,
        proto.HasDeadlineTicks ? Values.Time(proto.DeadlineTicks) : null,
        proto.Sessions,
        proto.Shards);
}
