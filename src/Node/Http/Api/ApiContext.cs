using System.Collections.Concurrent;
using System.Collections.Immutable;
using Conference.Actors;
using Conference.Actors.Cluster;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Protocol.Addresses;

namespace Conference.Node.Http.Api;

/// <summary>What the API's handlers work on: the actors, and what the store lists without waking any.</summary>
public sealed class ApiContext(ConferenceHost host)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    /// <summary>A list shows what can be known soon, and says what could not.</summary>
    private static readonly TimeSpan _listDeadline = TimeSpan.FromSeconds(2);

    public ConferenceActors Actors => host.Actors ?? throw new JournalUnavailableException("starting");

    public ICallRecords Calls => host.Store ?? throw new JournalUnavailableException("starting");

    private IDirectory Directory => host.Store ?? throw new JournalUnavailableException("starting");

    public Task<T> AskRoomAsync<T>(object command) => Actors.Rooms.Ask<T>(command, _deadline);

    public Task<T> AskUserAsync<T>(object command) => Actors.Users.Ask<T>(command, _deadline);

    public static bool IsLimit(int? limit) => limit is null or (>= 1 and <= MaxLimit);

    /// <summary>A page of those that are listed, or awake on any node, in the order of their names.</summary>
    /// <param name="kind">Users or rooms.</param>
    /// <param name="after">The name the page before ended with; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="describe">What is shown of one; null when it is neither kept nor open after all.</param>
    public async Task<Page<T>> ListAsync<T>(DirectoryKind kind, string? after, int? limit, Func<Name, Task<T?>> describe)
        where T : class
    {
        int most = limit ?? DefaultLimit;
        var silent = new ConcurrentDictionary<string, bool>();
        var items = new List<T>();
        string? cursor = after;
        while (true)
        {
            // What is awake is only a hint, so it may take several pages of names to fill one of answers.
            var (names, end) = await NamesAsync(kind, cursor, most, silent);
            var described = await Task.WhenAll(names.Select(name => DescribeAsync(name, describe, silent)));
            for (int i = 0; i < names.Length; i++)
            {
                if (described[i] is { } item)
                    items.Add(item);
                if (items.Count == most)
                    return new Page<T>(items, i + 1 < names.Length || end is not null ? names[i] : null) { Unanswered = [.. silent.Keys.Order()] };
            }

            if (end is null)
                return new Page<T>(items, null) { Unanswered = [.. silent.Keys.Order()] };
            cursor = end;
        }
    }

    /// <summary>The next names, all of them up to <c>End</c>; null when there are no more.</summary>
    private async Task<(string[] Names, string? End)> NamesAsync(DirectoryKind kind, string? after, int most, ConcurrentDictionary<string, bool> silent)
    {
        var listing = Directory.ListAsync(kind, after, most);
        var awake = await Task.WhenAll(host.Cluster.View.Nodes.Select(node => AwakeAsync(node, new ListAwake(kind, after, most), silent)));
        var listed = await listing;
        List<(ImmutableArray<string> Names, bool IsCut)> sources = [.. awake.Select(names => (names, names.Length == most))];
        sources.Add(([.. listed.Entries.Select(e => e.Name.ToString())], listed.Next is not null));
        // Behind the end of a list that was cut, only some of the names are known.
        string? end = sources.Where(s => s.IsCut).Select(s => s.Names[^1]).Min(StringComparer.Ordinal);
        string[] names =
        [
            .. sources.SelectMany(s => s.Names).Distinct().Where(n => end is null || string.CompareOrdinal(n, end) <= 0).Order(StringComparer.Ordinal),
        ];
        return (names, end);
    }

    private async Task<ImmutableArray<string>> AwakeAsync(ClusterNode node, ListAwake list, ConcurrentDictionary<string, bool> silent)
    {
        try
        {
            return (await Actors.Nodes.Awake(node.Id).Ask<AwakeNames>(list, _listDeadline)).Names;
        }
        catch (AskTimeoutException)
        {
            silent[node.Name] = true;
            return [];
        }
    }

    private async Task<T?> DescribeAsync<T>(string name, Func<Name, Task<T?>> describe, ConcurrentDictionary<string, bool> silent)
        where T : class
    {
        var parsed = Name.Parse(name);
        try
        {
            return await describe(parsed).WaitAsync(_listDeadline);
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            silent[host.Cluster.View.OwnerOf(parsed)?.Name ?? "(nobody)"] = true;
            return null;
        }
    }
}
