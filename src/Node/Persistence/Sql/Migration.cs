namespace Conference.Node.Persistence.Sql;

/// <summary>One step of the schema. Once released it never changes; what is to be different is another step.</summary>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <exception cref="StoreException">The schema is a newer version's.</exception>
    internal static IEnumerable<Migration> Missing(IReadOnlyList<Migration> known, int current) =>
        current <= known[^1].Number
            ? known.Where(m => m.Number > current)
            : throw new StoreException(
                $"the store has schema {current}, and this version knows schemas up to {known[^1].Number}: a newer version has used it; start one at least as new");
}
