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
        _ => null,
    };

    internal static object? FromProto(P.Payload payload) => payload.KindCase switch
    {
        P.Payload.KindOneofCase.ListAwake => FromProto(payload.ListAwake),
        P.Payload.KindOneofCase.AwakeNames => new AwakeNames([.. payload.AwakeNames.Names]),
        P.Payload.KindOneofCase.TrunkOffered => FromProto(payload.TrunkOffered),
        P.Payload.KindOneofCase.ReadFigures => new ReadFigures(payload.ReadFigures.WithRooms),
        P.Payload.KindOneofCase.FiguresRead => new FiguresRead(payload.FiguresRead.Content.Memory),
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
}
