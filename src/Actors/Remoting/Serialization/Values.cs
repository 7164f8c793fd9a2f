using System.Collections.Immutable;
using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Google.Protobuf;
using P = Conference.Actors.Remoting.Protos;

namespace Conference.Actors.Remoting.Serialization;

/// <summary>What messages are made of, where it says nothing of actors. Reading throws <see cref="InvalidDataException"/> for what cannot be.</summary>
internal static class Values
{
    internal static Name Name(string text) =>
        Protocol.Addresses.Name.TryParse(text, out var name) ? name : throw new InvalidDataException("not a legal name");

    internal static Service Service(string text) =>
        Protocol.Service.TryParse(text, out var service) ? service : throw new InvalidDataException("not a service");

    internal static ImmutableArray<Service> Services(IEnumerable<string> texts) => [.. texts.Select(Service)];

    internal static IEnumerable<string> Write(IEnumerable<Service> services) => services.Select(s => s.ToString());

    internal static ByteString Write(CommandId command) => ByteString.CopyFrom(command.Value.ToByteArray(bigEndian: true));

    internal static CommandId Command(ByteString bytes) => bytes.Length == 16
        ? new CommandId(new Guid(bytes.Span, bigEndian: true))
        : throw new InvalidDataException("a command's id has 16 bytes");

    /// <summary>A status of a newer version hides the user: the one that gives nothing away.</summary>
    internal static UserStatus Status(string text) => UserStatusText.TryParse(text, out var status) ? status : UserStatus.Hidden;

    internal static P.EndOfCall Write(CallEnd end) => (P.EndOfCall)end;

    /// <summary>An end of a newer version is one that nobody here knows the reason of.</summary>
    internal static CallEnd End(P.EndOfCall end) => Enum.IsDefined((CallEnd)end) ? (CallEnd)end : CallEnd.Lost;

    internal static string Write(SimulcastLayers layers) => layers == SimulcastLayers.None ? "" : layers.ToString();

    internal static SimulcastLayers Layers(string text) =>
        text.Length == 0 ? SimulcastLayers.None : SimulcastLayers.Parse(text) ?? throw new InvalidDataException("not a list of layers");

    internal static DateTimeOffset Time(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new InvalidDataException("not a time");

    internal static P.Parameters Write(ServiceParameters parameters)
    {
        var proto = new P.Parameters
        {
            Rate = parameters.Rate,
            RateSet = parameters.IsRateSet,
            Compression = parameters.Compression,
            Bitrate = parameters.Bitrate,
            Muted = parameters.Muted,
            Layers = Write(parameters.Layers),
        };
        switch (parameters.Selection)
        {
            case SourceSelection.Speakers speakers:
                proto.Speakers = speakers.Count;
                break;
            case SourceSelection.User user:
                proto.User = user.Name.ToString();
                break;
        }
        return proto;
    }

    internal static ServiceParameters Read(P.Parameters? proto)
    {
        proto ??= new P.Parameters();
        SourceSelection selection = proto.SelectionCase switch
        {
            P.Parameters.SelectionOneofCase.Speakers => new SourceSelection.Speakers(Math.Clamp(proto.Speakers, 1, SourceSelection.MaxSpeakers)),
            P.Parameters.SelectionOneofCase.User => new SourceSelection.User(Name(proto.User)),
            _ => new SourceSelection.All(),
        };
        return new ServiceParameters(
            Math.Clamp(proto.Rate, 1, ServiceParameters.MaxRate),
            Math.Clamp(proto.Compression, 0, 100),
            Math.Clamp(proto.Bitrate, 0, ServiceParameters.MaxBitrate),
            selection,
            proto.Muted)
        {
            IsRateSet = proto.RateSet,
            Layers = Layers(proto.Layers),
        };
    }

    internal static P.CallTotals Write(CallTotals totals) => new()
    {
        Services = { totals.Services },
        BytesIn = totals.BytesIn,
        BytesOut = totals.BytesOut,
        PacketsIn = totals.PacketsIn,
        PacketsOut = totals.PacketsOut,
    };

    internal static CallTotals Read(P.CallTotals? proto) => proto is null
        ? CallTotals.None
        : new CallTotals([.. proto.Services], proto.BytesIn, proto.BytesOut, proto.PacketsIn, proto.PacketsOut);

    internal static P.Member Write(Member member) => new()
    {
        Name = member.Name.ToString(),
        Services = { Write(member.Services) },
        Sources = { member.Sources.Select(Write) },
    };

    internal static Member Read(P.Member? proto)
    {
        proto ??= new P.Member();
        return new Member(Name(proto.Name), Services(proto.Services)) { Sources = [.. proto.Sources.Select(Read)] };
    }

    internal static P.MemberSource Write(MemberSource source)
    {
        var proto = new P.MemberSource
        {
            Service = source.Service.ToString(),
            Ssrc = source.Ssrc,
            Codec = source.Codec,
            Kilobits = source.Kilobits,
            Frames = source.Frames,
            Packets = source.Packets,
            Lost = source.Lost,
            JitterMilliseconds = source.JitterMilliseconds,
            Keyframes = source.Keyframes,
        };
        if (source.Layer is { } layer)
            proto.Layer = layer;
        return proto;
    }

    internal static MemberSource Read(P.MemberSource proto) => new(
        Service(proto.Service), proto.Ssrc, proto.Codec, proto.Kilobits, proto.Frames, proto.Packets, proto.Lost, proto.JitterMilliseconds,
        proto.Keyframes, proto.HasLayer ? proto.Layer : null);
}
