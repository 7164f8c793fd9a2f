namespace Conference.Actors.Runtime;

/// <summary>Where an actor stands in its system: <c>/user/rooms/lobby</c>. The string is built when somebody asks for it.</summary>
public sealed class ActorPath : IEquatable<ActorPath>
{
    private string? _text;

    internal ActorPath(ActorPath? parent, string name)
    {
        Parent = parent;
        Name = name;
    }

    public ActorPath? Parent { get; }

    public string Name { get; }

    public bool Equals(ActorPath? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as ActorPath);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _text ??= $"{Parent}/{Name}";

    /// <summary>A name is one path element: not empty, no slash, no space or control character, no leading <c>$</c>.</summary>
    internal static void Validate(string name)
    {
        if (name.Length == 0 || name[0] == '$' || name.AsSpan().ContainsAny('/', ' ') || name.Any(char.IsControl))
            throw new InvalidActorNameException($"'{name}' cannot be an actor's name");
    }
}
