using System.Collections.Immutable;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;

namespace Conference.Actors.Cluster;

/// <summary>The users or rooms of the whole cluster: those the store lists, and those that run on some node, in the order of their names.</summary>
/// <param name="directory">What the store lists.</param>
/// <param name="cluster">Which nodes there are.</param>
/// <param name="nodes">How they are reached.</param>
public sealed class ClusterNames(IDirectory directory, ICluster cluster, INodeRefs nodes)
{
    /// <summary>How long a node has to answer. A list shows what can be known soon, and says what could not.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <param name="kind">Users or rooms.</param>
    /// <param name="after">Only names behind this; null for all.</param>
    /// <param name="limit">About so many are wanted; there may be more or fewer in a page.</param>
    /// <exception cref="JournalUnavailableException">The store is away.</exception>
    public async Task<NamesPage> ReadAsync(DirectoryKind kind, string? after, int limit)
    {
        var listing = directory.ListAsync(kind, after, limit);
        var awake = await Task.WhenAll(cluster.View.Nodes.Select(node => AskAsync(node, new ListAwake(kind, after, limit))));
        var listed = await listing;
        List<(ImmutableArray<string> Names, bool IsCut)> sources = [([.. listed.Entries.Select(e => e.Name.ToString())], listed.Next is not null)];
        sources.AddRange(awake.Where(a => a.Names is not null).Select(a => (a.Names!.Value, a.Names.Value.Length == limit)));
        // Behind the end of a list that was cut, only some of the names are known.
        string? end = sources.Where(s => s.IsCut).Select(s => s.Names[^1]).Min(StringComparer.Ordinal);
        var names = sources.SelectMany(s => s.Names).Distinct().Where(n => end is null || string.CompareOrdinal(n, end) <= 0).Order(StringComparer.Ordinal);
        return new NamesPage([.. names.Select(Name.Parse)], end, [.. awake.Where(a => a.Names is null).Select(a => a.Node)]);
    }

    private async Task<(ClusterNode Node, ImmutableArray<string>? Names)> AskAsync(ClusterNode node, ListAwake list)
    {
        try
        {
            return (node, (await nodes.Awake(node.Id).Ask<AwakeNames>(list, Deadline)).Names);
        }
        catch (AskTimeoutException)
        {
            return (node, null);
        }
    }
}

/// <param name="Names">In the ordinal order of their normal forms.</param>
/// <param name="End">Read on behind this; null when these were the last.</param>
/// <param name="Silent">Nodes that did not answer: what only they know is missing.</param>
public sealed record NamesPage(ImmutableArray<Name> Names, string? End, ImmutableArray<ClusterNode> Silent);
