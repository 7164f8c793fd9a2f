using System.Collections.Immutable;
using Conference.Actors.Persistence;

namespace Conference.Actors.Cluster;

/// <summary>Which users or rooms run on a node now, in the ordinal order of their names. -> <see cref="AwakeNames"/></summary>
/// <param name="Kind">Users or rooms.</param>
/// <param name="After">Only names behind this; null for all.</param>
/// <param name="Limit">At most so many.</param>
public sealed record ListAwake(DirectoryKind Kind, string? After, int Limit);

/// <summary>The answer to <see cref="ListAwake"/>.</summary>
public sealed record AwakeNames(ImmutableArray<string> Names);
