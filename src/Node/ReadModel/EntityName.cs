namespace Conference.Node.ReadModel;

/// <summary>What a persistence id says: <c>room/default/standup</c>.</summary>
internal readonly record struct EntityName(string Kind, string Domain, string Name)
{
    /// <exception cref="FormatException">It is none of ours.</exception>
    internal static EntityName Parse(string persistenceId) => persistenceId.Split('/', 3) is [var kind, var domain, var name]
        ? new EntityName(kind, domain, name)
        : throw new FormatException("not kind, domain and name");
}
