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
    public async Task<GatheredPage<T>> ListAsync<T>(DirectoryKind kind, string? after, int? limit, Func<Name, Task<T?>> describe)
        where T : class
    {
        int most = limit ?? DefaultLimit;
        var all = new ClusterNames(Directory, host.Cluster, Actors.Nodes);
        var unanswered = new SortedSet<string>(StringComparer.Ordinal);
        var items = new List<T>();
        string? cursor = after;
        while (true)
        {
            // What is awake is only a hint, so it may take several pages of names to fill one of answers.
            var page = await all.ReadAsync(kind, cursor, most);
            unanswered.UnionWith(page.Silent.Select(n => n.Name));
            var described = await Task.WhenAll(page.Names.Take(most).Select(name => DescribeAsync(name, describe)));
            for (int i = 0; i < described.Length; i++)
            {
                if (!described[i].IsAnswered)
                    unanswered.Add(host.Cluster.View.OwnerOf(page.Names[i])?.Name ?? "(nobody)");
                if (described[i].Item is { } item)
                    items.Add(item);
                if (items.Count == most)
                    return new GatheredPage<T>(items, i + 1 < page.Names.Length || page.End is not null ? page.Names[i].ToString() : null, unanswered);
            }

            if (page.Names.Length <= most && page.End is null)
                return new GatheredPage<T>(items, null, unanswered);
            cursor = page.Names.Length > most ? page.Names[most - 1].ToString() : page.End;
        }
    }

    private static async Task<(bool IsAnswered, T? Item)> DescribeAsync<T>(Name name, Func<Name, Task<T?>> describe)
        where T : class
    {
        try
        {
            return (true, await describe(name).WaitAsync(ClusterNames.Deadline));
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            return (false, null);
        }
    }
}
