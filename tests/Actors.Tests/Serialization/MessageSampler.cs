using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using Akka.Actor;
using Conference.Actors.Cluster;
using Conference.Actors.Tracing;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Tests.Serialization;

/// <summary>
/// Makes messages of any type, by chance: every constructor parameter and every property that can be set gets a value. So a part that the
/// serializer forgets is found by whoever compares, also the part that is added next year.
/// </summary>
internal sealed class MessageSampler(int seed, IReadOnlyList<IActorRef> actors)
{
    private static readonly string[] _words = ["", "a", "try again", "joe@example.org", "ünï😀", new('x', 300)];
    private static readonly string[] _services = ["video", "audio", "chat", "screen-2"];

    private readonly Random _random = new(seed);

    public object Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            type = inner;
        if (Simple(type) is { } value)
            return value;
        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
            return Many(type.GetGenericArguments()[0]);
        if (type.IsAbstract)
            return Make(One(type.GetNestedTypes().Where(t => t.IsSubclassOf(type)).ToArray()));
        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        object made = constructor.Invoke([.. constructor.GetParameters().Select(MakeParameter)]);
        foreach (var property in type.GetProperties().Where(p => p.SetMethod is { IsPublic: true } && !constructor.GetParameters().Any(c => c.Name == p.Name)))
            property.SetValue(made, Make(property.PropertyType));
        return made;
    }

    private object? Simple(Type type) => type switch
    {
        _ when type == typeof(Domain) => One(Domain.Default, Domain.Parse("acme.example"), Domain.Parse("b\u00FCcher.example")),
        _ when type == typeof(Name) => Name.Parse($"n{_random.Next(100)}", (Domain)Make(typeof(Domain))),
        _ when type == typeof(ImmutableHashSet<Name>) => ((ImmutableArray<Name>)Many(typeof(Name))).ToImmutableHashSet(),
        _ when type == typeof(Service) => Service(),
        _ when type == typeof(ServiceParameters) => Parameters(),
        _ when type == typeof(SimulcastLayers) => SimulcastLayers.Parse(One("none", "1:150,2:500", "4294967295:1,7:2,9:3"))!,
        _ when type == typeof(IActorRef) => One([.. actors]),
        _ when type == typeof(RoamToken) => RoamToken.Create(),
        _ when type == typeof(Traced) => new Traced(new NodeCommands.CallOffDrain(), new ActivityContext(
            ActivityTraceId.CreateFromBytes(Bytes(16)), ActivitySpanId.CreateFromBytes(Bytes(8)), ActivityTraceFlags.Recorded)),
        _ when type == typeof(string) => One(_words),
        _ when type == typeof(Guid) => new Guid(_random.Next(), 1, 2, new byte[8]),
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddTicks(_random.NextInt64(1L << 60)),
        _ when type == typeof(TimeSpan) => new TimeSpan(_random.NextInt64(1L << 60)),
        _ when type == typeof(bool) => _random.Next(2) == 0,
        _ when type == typeof(int) => One(0, 1, -1, int.MaxValue, _random.Next()),
        _ when type == typeof(byte[]) => Bytes(_random.Next(5)),
        _ when type == typeof(ushort) => (ushort)_random.Next(65_536),
        _ when type == typeof(uint) => One(0u, uint.MaxValue, (uint)_random.Next()),
        _ when type == typeof(long) => One(0, 1, -1, long.MinValue, _random.NextInt64()),
        _ when type == typeof(double) => One(0, 1.5, double.MaxValue, _random.NextDouble()),
        { IsEnum: true } => One(Enum.GetValues(type).Cast<object>().ToArray()),
        _ => null,
    };

    private object? MakeParameter(ParameterInfo parameter)
    {
        bool mayBeNull = new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
        return mayBeNull && _random.Next(3) == 0 ? null : Make(parameter.ParameterType);
    }

    private object Many(Type item)
    {
        var items = Array.CreateInstance(item, _random.Next(4));
        for (int i = 0; i < items.Length; i++)
            items.SetValue(Make(item), i);
        return typeof(ImmutableArray).GetMethods().Single(m => m.Name == "CreateRange" && m.GetParameters() is [{ ParameterType.Name: "IEnumerable`1" }])
            .MakeGenericMethod(item).Invoke(null, [items])!;
    }

    private byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(_ => (byte)_random.Next(1, 256))];

    private Service Service() => Protocol.Service.TryParse(One(_services), out var service) ? service : default;

    private ServiceParameters Parameters() =>
        new(_random.Next(1, 241), _random.Next(101), _random.Next(10_000), (SourceSelection)Selection(), _random.Next(2) == 0)
        {
            IsRateSet = _random.Next(2) == 0,
            Layers = (SimulcastLayers)Make(typeof(SimulcastLayers)),
            Recording = _random.Next(2) == 0,
        };

    private object Selection() => _random.Next(3) switch
    {
        0 => new SourceSelection.All(),
        1 => new SourceSelection.Speakers(_random.Next(1, SourceSelection.MaxSpeakers)),
        // A user may be called by a word that means something else.
        _ => new SourceSelection.User(Name.Parse(One("all", "speaker", "joe"))),
    };

    private T One<T>(params T[] from) => from[_random.Next(from.Length)];
}
