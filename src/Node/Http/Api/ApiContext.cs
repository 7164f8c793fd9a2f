using Conference.Actors;
using Conference.Actors.Persistence;
using Conference.Actors.Runtime;
using Conference.Actors.Runtime.Sharding;
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

    /// <summary>A page of those that are listed or awake, in the order of their names.</summary>
    /// <param name="kind">Users or rooms.</param>
    /// <param name="after">The name the page before ended with; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="describe">What is shown of one; null when it is neither kept nor open after all.</param>
    public async Task<Page<T>> ListAsync<T>(DirectoryKind kind, string? after, int? limit, Func<Name, Task<T?>> describe)
        where T : class
    {
        int most = limit ?? DefaultLimit;
        var awake = await AwakeAsync(kind, after);
        var items = new List<T>();
        string? cursor = after;
        while (true)
        {
            // What is awake is only a hint, so it may take several pages of names to fill one of answers.
            var listed = await Directory.ListAsync(kind, cursor, most);
            var names = listed.Entries.Select(e => e.Name.ToString())
                .Concat(awake.Where(n => string.CompareOrdinal(n, cursor) > 0 && (listed.Next is null || string.CompareOrdinal(n, listed.Entries[^1].Name.ToString()) <= 0)))
                .Distinct().Order(StringComparer.Ordinal).ToArray();
            for (int i = 0; i < names.Length; i++)
            {
                if (await describe(Name.Parse(names[i])) is { } item)
                    items.Add(item);
                if (items.Count == most)
                    return new Page<T>(items, i + 1 < names.Length || listed.Next is not null ? names[i] : null);
            }

            if (listed.Next is null)
                return new Page<T>(items, null);
            cursor = listed.Entries[^1].Name.ToString();
        }
    }

    private async Task<string[]> AwakeAsync(DirectoryKind kind, string? after)
    {
        var region = kind == DirectoryKind.Room ? Actors.Rooms : Actors.Users;
        var state = await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, _deadline);
        return [.. state.Shards.SelectMany(s => s.EntityIds).Where(n => string.CompareOrdinal(n, after) > 0)];
    }
}
