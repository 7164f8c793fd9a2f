using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Node.ReadModel;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary>The users or rooms of one domain in the whole cluster: those the read model lists, and those that run on some node, in the order of their names.</summary>
/// <param name="directory">What is listed.</param>
/// <param name="actors">How the nodes are reached.</param>
public sealed class ClusterNames(IDirectory directory, NodeActors actors)
{
    /// <summary>How long a node has to answer. A list shows what can be known soon, and says what could not.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <param name="kind">Users or rooms.</param>
    /// <param name="domain">Of which domain.</param>
    /// <param name="after">Only names behind this; null for all.</param>
    /// <param name="limit">About so many are wanted; there may be more or fewer in a page.</param>
    /// <param name="isListed">Only those that are listed: no node is asked.</param>
    /// <exception cref="Actors.Calls.StoreUnavailableException">The store is away.</exception>
    public async Task<NamesPage> ReadAsync(DirectoryKind kind, Domain domain, string? after, int limit, bool isListed)
    {
        var listing = directory.ListAsync(kind, after, limit, domain);
        var awake = await Task.WhenAll((isListed ? [] : actors.Nodes.All).Select(node => AskAsync(node, new NodeCommands.ListAwake(kind == DirectoryKind.Room, after, limit, domain))));
        var listed = await listing;
        List<(ImmutableArray<string> Names, bool IsCut)> sources = [([.. listed.Entries.Select(e => e.Name.Local)], listed.Next is not null)];
        sources.AddRange(awake.Where(a => a.Names is not null).Select(a => (a.Names!.Value, a.Names.Value.Length == limit)));
        // Behind the end of a list that was cut, only some of the names are known.
        string? end = sources.Where(s => s.IsCut).Select(s => s.Names[^1]).Min(StringComparer.Ordinal);
        var names = sources.SelectMany(s => s.Names).Distinct().Where(n => end is null || string.CompareOrdinal(n, end) <= 0).Order(StringComparer.Ordinal);
        return new NamesPage([.. names.Select(n => Name.Written(n, domain))], end, [.. awake.Where(a => a.Names is null).Select(a => a.Node)]);
    }

    private async Task<(ClusterNode Node, ImmutableArray<string>? Names)> AskAsync(ClusterNode node, NodeCommands.ListAwake list)
    {
        try
        {
            return (node, (await actors.Nodes.Node(node.Id).AskTracedAsync<AwakeNames>(list, Deadline)).Names);
        }
        catch (Exception e) when (e is AskTimeoutException or UnavailableException)
        {
            return (node, null);
        }
    }
}

/// <param name="Names">In the ordinal order of their normal forms.</param>
/// <param name="End">Read on behind this; null when these were the last.</param>
/// <param name="Silent">Nodes that did not answer: what only they know is missing.</param>
public sealed record NamesPage(ImmutableArray<Name> Names, string? End, ImmutableArray<ClusterNode> Silent);
