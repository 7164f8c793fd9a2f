using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Conference.Actors.Cluster;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using MessagePack;

namespace Conference.Actors.Serialization;

/// <summary>
/// MessagePack leaves out what its bytes lack: a string that must be there is null, an array without a beginning, a name nobody's. What was read is
/// looked through once, by what its type says of each property, so that nobody meets that later. A number that is missing is 0, and a switch is off.
/// </summary>
internal static class Completeness
{
    /// <summary>Values whose default stands for nothing there is.</summary>
    private static readonly Dictionary<Type, object> _nothing = new object[]
    {
        default(Name), default(Service), default(NodeId), default(CommandId), default(Guid), default(DateTimeOffset),
    }.ToDictionary(nothing => nothing.GetType());

    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> _required = new();
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> _nested = new();

    /// <exception cref="MessagePackSerializationException">Something that must be there is not.</exception>
    public static object Checked(object? read)
    {
        Check(read ?? throw new MessagePackSerializationException("nothing where a message belongs"));
        return read;
    }

    private static void Check(object value)
    {
        var type = value.GetType();
        foreach (var property in _required.GetOrAdd(type, RequiredOf))
        {
            object? field = property.GetValue(value);
            if (field is null || IsDefaultArray(field) || IsNothing(field))
                throw new MessagePackSerializationException($"{type.Name} lacks {property.Name}");
        }

        foreach (var property in _nested.GetOrAdd(type, NestedOf))
        {
            switch (property.GetValue(value))
            {
                case null:
                    break;
                case IEnumerable many:
                    foreach (object? one in many)
                    {
                        if (one is null)
                            throw new MessagePackSerializationException($"{type.Name} has nothing in {property.Name}");
                        if (IsOurs(one.GetType()))
                            Check(one);
                    }

                    break;
                case { } one:
                    Check(one);
                    break;
            }
        }
    }

    private static bool IsDefaultArray(object field) =>
        field is IStructuralEquatable && field.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
        && (bool)type.GetProperty(nameof(ImmutableArray<int>.IsDefault))!.GetValue(field)!;

    private static bool IsNothing(object field) => field is Enum word
        ? !Enum.IsDefined(word.GetType(), word)
        : _nothing.TryGetValue(field.GetType(), out object? nothing) && nothing.Equals(field);

    private static PropertyInfo[] RequiredOf(Type type)
    {
        var nullability = new NullabilityInfoContext();
        return
        [
            .. KeysOf(type).Where(p => p.PropertyType.IsValueType
                ? p.PropertyType.IsEnum || _nothing.ContainsKey(p.PropertyType)
                    || (p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
                : nullability.Create(p).ReadState == NullabilityState.NotNull),
        ];
    }

    private static PropertyInfo[] NestedOf(Type type) =>
        [.. KeysOf(type).Where(p => IsOurs(p.PropertyType) || (p.PropertyType.IsGenericType && p.PropertyType.GetGenericArguments().Any(a => IsOurs(a) || !a.IsValueType)))];

    private static bool IsOurs(Type type) => type.GetCustomAttribute<MessagePackObjectAttribute>() is not null;

    private static IEnumerable<PropertyInfo> KeysOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetCustomAttribute<KeyAttribute>(inherit: true) is not null);
}
