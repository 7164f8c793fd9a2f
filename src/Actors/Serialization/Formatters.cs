using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Domains;
using Conference.Actors.Rooms;
using Conference.Actors.Users;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.ImmutableCollection;
using MessagePack.Resolvers;

namespace Conference.Actors.Serialization;

/// <summary>How MessagePack writes the types that are not ours to annotate, or that have one simple form.</summary>
internal static class Formatters
{
    /// <summary>Nested deeper than anything of ours; bytes that claim to be deeper are refused.</summary>
    private const int DeepestGraph = 32;

    private static readonly IMessagePackFormatter[] _plain =
    [
        new TextFormatter<Name>(n => n.ToString(), Name.Written),
        new TextFormatter<Domain>(d => d.ToString(), Domain.Written),
        new TextFormatter<Service>(s => s.ToString(), s => Service.TryParse(s, out var service) ? service : throw Illegal<Service>()),
        new TextFormatter<SimulcastLayers>(l => l.ToString(), s => SimulcastLayers.Parse(s) ?? throw Illegal<SimulcastLayers>()),
        new SourceSelectionFormatter(),
        new NumberFormatter<SessionId>(id => id.Value, v => new SessionId(v)),
        new NumberFormatter<PortId>(id => id.Value, v => new PortId(v)),
        new GuidFormatter<NodeId>(id => id.Value, v => new NodeId(v)),
        new GuidFormatter<CommandId>(id => id.Value, v => new CommandId(v)),
        NativeGuidFormatter.Instance,
        new KnownEnumFormatter<UserStatus>(),
        new KnownEnumFormatter<CallEnd>(),
        new KnownEnumFormatter<AccountChange>(),
        new KnownEnumFormatter<RoomChange>(),
        new KnownEnumFormatter<DrainState>(),
        new KnownEnumFormatter<DomainStanding>(),
        new KnownEnumFormatter<DomainChange>(),
        new DomainRulesFormatter(),
        new ServiceParametersFormatter(),
        new MemberFormatter(),
        new MemberSourceFormatter(),
        new SaidFormatter(),
        new CalledFormatter(),
        new RefusedFormatter(),
        new MembersFormatter(),
        new WaitingFormatter(),
        new LobbyOverFormatter(),
        new WaitsFormatter(),
        new RoomToldFormatter(),
    ];

    private static readonly IFormatterResolver[] _resolvers =
    [
        BuiltinResolver.Instance, AttributeFormatterResolver.Instance, ImmutableCollectionResolver.Instance, DynamicGenericResolver.Instance,
        DynamicObjectResolver.Instance,
    ];

    /// <summary>For what is stored: there are no references to actors in it.</summary>
    public static MessagePackSerializerOptions Stored { get; } = Of(_plain);

    /// <summary>For what is sent by a system.</summary>
    public static MessagePackSerializerOptions Sent(ExtendedActorSystem system) => Of([.. _plain, new ActorRefFormatter(system)]);

    private static MessagePackSerializerOptions Of(IMessagePackFormatter[] formatters) => MessagePackSerializerOptions.Standard
        .WithResolver(CompositeResolver.Create(formatters, _resolvers))
        .WithSecurity(MessagePackSecurity.UntrustedData.WithMaximumObjectGraphDepth(DeepestGraph));

    private static MessagePackSerializationException Illegal<T>() => new($"no {typeof(T).Name}");

    private sealed class TextFormatter<T>(Func<T, string> write, Func<string, T> read) : IMessagePackFormatter<T>
    {
        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options) => writer.Write(write(value));

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => read(reader.ReadString() ?? throw Illegal<T>());
    }

    private sealed class NumberFormatter<T>(Func<T, long> write, Func<long, T> read) : IMessagePackFormatter<T>
    {
        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options) => writer.Write(write(value));

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) => read(reader.ReadInt64());
    }

    private sealed class GuidFormatter<T>(Func<T, Guid> write, Func<Guid, T> read) : IMessagePackFormatter<T>
    {
        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options) =>
            NativeGuidFormatter.Instance.Serialize(ref writer, write(value), options);

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            read(NativeGuidFormatter.Instance.Deserialize(ref reader, options));
    }

    /// <summary>By its number. One that this version does not know is refused: MessagePack would let it pass.</summary>
    private sealed class KnownEnumFormatter<T> : IMessagePackFormatter<T>
        where T : struct, Enum
    {
        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options) =>
            writer.Write(Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture));

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            var value = (T)Enum.ToObject(typeof(T), reader.ReadInt32());
            return Enum.IsDefined(value) ? value : throw Illegal<T>();
        }
    }

    /// <summary>As the path by which other nodes reach it.</summary>
    private sealed class ActorRefFormatter(ExtendedActorSystem system) : IMessagePackFormatter<IActorRef?>
    {
        public void Serialize(ref MessagePackWriter writer, IActorRef? value, MessagePackSerializerOptions options) =>
            writer.Write(value is null ? null : global::Akka.Serialization.Serialization.SerializedActorPath(value));

        public IActorRef? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            reader.ReadString() is { } path ? system.Provider.ResolveActorRef(path) : null;
    }

    /// <summary>An array of fields: more may be added at its end, and are skipped by who does not know them.</summary>
    /// <param name="fields">All there are.</param>
    /// <param name="least">Those of its first version. The later ones are read only where <c>count</c> says that they are there.</param>
    private abstract class FieldsFormatter<T>(int fields, int least) : IMessagePackFormatter<T?>
        where T : class
    {
        protected FieldsFormatter(int fields)
            : this(fields, fields)
        {
        }

        public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
        {
            if (value is null)
            {
                writer.WriteNil();
                return;
            }

            writer.WriteArrayHeader(fields);
            Write(ref writer, value, options);
        }

        public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            if (reader.TryReadNil())
                return null;
            options.Security.DepthStep(ref reader);
            int count = reader.ReadArrayHeader();
            if (count < least)
                throw Illegal<T>();
            var value = Read(ref reader, count, options);
            for (int i = fields; i < count; i++)
                reader.Skip();
            reader.Depth--;
            return value;
        }

        protected abstract void Write(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options);

        protected abstract T Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options);

        protected static void Put<TField>(ref MessagePackWriter writer, TField value, MessagePackSerializerOptions options) =>
            options.Resolver.GetFormatterWithVerify<TField>().Serialize(ref writer, value, options);

        protected static TField Take<TField>(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            options.Resolver.GetFormatterWithVerify<TField>().Deserialize(ref reader, options);
    }

    /// <summary>All is nothing, speakers are their number, a user is a name: its text will not do, since a user may be called "all".</summary>
    private sealed class SourceSelectionFormatter : IMessagePackFormatter<SourceSelection>
    {
        public void Serialize(ref MessagePackWriter writer, SourceSelection value, MessagePackSerializerOptions options)
        {
            switch (value)
            {
                case SourceSelection.Speakers speakers:
                    writer.Write(speakers.Count);
                    break;
                case SourceSelection.User user:
                    writer.Write(user.Name.ToString());
                    break;
                default:
                    writer.WriteNil();
                    break;
            }
        }

        public SourceSelection Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            if (reader.TryReadNil())
                return new SourceSelection.All();
            if (reader.NextMessagePackType == MessagePackType.String)
                return new SourceSelection.User(Name.Written(reader.ReadString()!));
            int count = reader.ReadInt32();
            return count is >= 1 and <= SourceSelection.MaxSpeakers ? new SourceSelection.Speakers(count) : throw Illegal<SourceSelection>();
        }
    }

    private sealed class ServiceParametersFormatter() : FieldsFormatter<ServiceParameters>(8, 7)
    {
        protected override void Write(ref MessagePackWriter writer, ServiceParameters value, MessagePackSerializerOptions options)
        {
            writer.Write(value.Rate);
            writer.Write(value.Compression);
            writer.Write(value.Bitrate);
            Put(ref writer, value.Selection, options);
            writer.Write(value.Muted);
            writer.Write(value.IsRateSet);
            Put(ref writer, value.Layers, options);
            writer.Write(value.Recording);
        }

        protected override ServiceParameters Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), Take<SourceSelection>(ref reader, options), reader.ReadBoolean())
            {
                IsRateSet = reader.ReadBoolean(),
                Layers = Take<SimulcastLayers>(ref reader, options),
                Recording = count > 7 && reader.ReadBoolean(),
            };
    }

    private sealed class DomainRulesFormatter() : FieldsFormatter<DomainRules>(10, 4)
    {
        protected override void Write(ref MessagePackWriter writer, DomainRules value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.SignInRequired, options);
            Put(ref writer, value.RoomsOnDemand, options);
            Put(ref writer, value.MaxMembers, options);
            Put(ref writer, value.Browsers, options);
            Put(ref writer, value.MaxSessions, options);
            Put(ref writer, value.MaxRooms, options);
            Put(ref writer, value.JoinsPerMinute, options);
            Put(ref writer, value.KeepDays, options);
            Put(ref writer, value.SingleUseTokens, options);
            Put(ref writer, value.Lobby, options);
        }

        protected override DomainRules Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options)
        {
            var rules = new DomainRules(
                Take<bool?>(ref reader, options), Take<bool?>(ref reader, options), Take<int?>(ref reader, options), Take<bool?>(ref reader, options));
            return count < 10 ? rules : rules with
            {
                MaxSessions = Take<int?>(ref reader, options),
                MaxRooms = Take<int?>(ref reader, options),
                JoinsPerMinute = Take<int?>(ref reader, options),
                KeepDays = Take<int?>(ref reader, options),
                SingleUseTokens = Take<bool?>(ref reader, options),
                Lobby = Take<bool?>(ref reader, options),
            };
        }
    }

    private sealed class MemberFormatter() : FieldsFormatter<Member>(3)
    {
        protected override void Write(ref MessagePackWriter writer, Member value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Name, options);
            Put(ref writer, value.Services.ToImmutableArray(), options);
            Put(ref writer, value.Sources.ToImmutableArray(), options);
        }

        protected override Member Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<Name>(ref reader, options), Take<ImmutableArray<Service>>(ref reader, options))
            {
                Sources = Take<ImmutableArray<MemberSource>>(ref reader, options),
            };
    }

    private sealed class MemberSourceFormatter() : FieldsFormatter<MemberSource>(10)
    {
        protected override void Write(ref MessagePackWriter writer, MemberSource value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Service, options);
            writer.Write(value.Ssrc);
            writer.Write(value.Codec);
            writer.Write(value.Kilobits);
            writer.Write(value.Frames);
            writer.Write(value.Packets);
            writer.Write(value.Lost);
            writer.Write(value.JitterMilliseconds);
            writer.Write(value.Keyframes);
            Put(ref writer, value.Layer, options);
        }

        protected override MemberSource Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) => new(
            Take<Service>(ref reader, options), reader.ReadUInt32(), reader.ReadString() ?? throw Illegal<MemberSource>(), reader.ReadDouble(),
            reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadInt64(), Take<int?>(ref reader, options));
    }

    private sealed class SaidFormatter() : FieldsFormatter<SessionNotice.Said>(4)
    {
        protected override void Write(ref MessagePackWriter writer, SessionNotice.Said value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Sender, options);
            Put(ref writer, value.Service, options);
            writer.Write(value.Text);
            Put(ref writer, value.ToOwnerOf, options);
        }

        protected override SessionNotice.Said Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) => new(
            Take<Name>(ref reader, options), Take<Service>(ref reader, options), reader.ReadString() ?? throw Illegal<SessionNotice.Said>(),
            Take<Name?>(ref reader, options));
    }

    private sealed class CalledFormatter() : FieldsFormatter<SessionNotice.Called>(2)
    {
        protected override void Write(ref MessagePackWriter writer, SessionNotice.Called value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Service, options);
            Put(ref writer, value.Caller, options);
        }

        protected override SessionNotice.Called Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<Service>(ref reader, options), Take<Name>(ref reader, options));
    }

    private sealed class RefusedFormatter() : FieldsFormatter<SessionOutcome.Refused>(1)
    {
        protected override void Write(ref MessagePackWriter writer, SessionOutcome.Refused value, MessagePackSerializerOptions options) =>
            writer.Write(value.Why);

        protected override SessionOutcome.Refused Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(reader.ReadString() ?? throw Illegal<SessionOutcome.Refused>());
    }

    private sealed class MembersFormatter() : FieldsFormatter<SessionOutcome.Members>(1)
    {
        protected override void Write(ref MessagePackWriter writer, SessionOutcome.Members value, MessagePackSerializerOptions options) =>
            Put(ref writer, value.All.ToImmutableArray(), options);

        protected override SessionOutcome.Members Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<ImmutableArray<Member>>(ref reader, options));
    }

    private sealed class WaitingFormatter() : FieldsFormatter<SessionOutcome.Waiting>(1)
    {
        protected override void Write(ref MessagePackWriter writer, SessionOutcome.Waiting value, MessagePackSerializerOptions options) =>
            Put(ref writer, value.Room, options);

        protected override SessionOutcome.Waiting Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<Name>(ref reader, options));
    }

    private sealed class LobbyOverFormatter() : FieldsFormatter<SessionNotice.LobbyOver>(2)
    {
        protected override void Write(ref MessagePackWriter writer, SessionNotice.LobbyOver value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Room, options);
            writer.Write(value.IsAdmitted);
        }

        protected override SessionNotice.LobbyOver Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<Name>(ref reader, options), reader.ReadBoolean());
    }

    private sealed class WaitsFormatter() : FieldsFormatter<SessionNotice.Waits>(3)
    {
        protected override void Write(ref MessagePackWriter writer, SessionNotice.Waits value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Room, options);
            Put(ref writer, value.Who, options);
            writer.Write(value.IsWaiting);
        }

        protected override SessionNotice.Waits Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) =>
            new(Take<Name>(ref reader, options), Take<Name>(ref reader, options), reader.ReadBoolean());
    }

    private sealed class RoomToldFormatter() : FieldsFormatter<SessionNotice.RoomTold>(3)
    {
        protected override void Write(ref MessagePackWriter writer, SessionNotice.RoomTold value, MessagePackSerializerOptions options)
        {
            Put(ref writer, value.Room, options);
            writer.Write(value.Parameter);
            writer.Write(value.Value);
        }

        protected override SessionNotice.RoomTold Read(ref MessagePackReader reader, int count, MessagePackSerializerOptions options) => new(
            Take<Name>(ref reader, options), reader.ReadString() ?? throw Illegal<SessionNotice.RoomTold>(),
            reader.ReadString() ?? throw Illegal<SessionNotice.RoomTold>());
    }
}
