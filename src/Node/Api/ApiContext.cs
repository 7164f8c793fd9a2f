using Akka.Actor;
using Conference.Actors;
using Conference.Node.ReadModel;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary>What the API's handlers work on: users and rooms, and what lists say of them without waking any.</summary>
public sealed class ApiContext(NodeActors actors, ClusterNames names, ReadModels readModels)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1000;

    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(5);

    /// <summary>A domain's shard has no owner before somebody asks for it, and the first who does waits for the compiler too.</summary>
    private static readonly TimeSpan _domainDeadline = TimeSpan.FromSeconds(15);

    /// <summary>How long a change waits for the lists to show it.</summary>
    private static readonly TimeSpan _listed = TimeSpan.FromSeconds(2);

    public Task<T> AskRoomAsync<T>(IEntityMessage command) => actors.Rooms.AskEntityAsync<T>(command, _deadline);

    public Task<T> AskUserAsync<T>(IEntityMessage command) => actors.Users.AskEntityAsync<T>(command, _deadline);

    public Task<T> AskDomainAsync<T>(IEntityMessage command) => actors.Domains.AskEntityAsync<T>(command, _domainDeadline);

    /// <summary>Whoever changed something sees it in the next list he asks for. Stored it is in any case.</summary>
    /// <param name="persistenceId">Whose event.</param>
    /// <param name="sequenceNr">Its number; 0 where no list shows it.</param>
    public Task IsListedAsync(string persistenceId, long sequenceNr) =>
        sequenceNr == 0 ? Task.CompletedTask : readModels.PassedAsync(persistenceId, sequenceNr, _listed);

    /// <summary>A page of those that are listed, or awake on any node, in the order of their names.</summary>
    /// <param name="kind">Users or rooms.</param>
    /// <param name="domain">Of which domain.</param>
    /// <param name="after">The name the page before ended with; null for the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="isListed">Only those that are listed, awake or not.</param>
    /// <param name="describe">What is shown of one; null when it is neither kept nor open after all.</param>
    public async Task<GatheredPage<T>> ListAsync<T>(DirectoryKind kind, Domain domain, string? after, int? limit, bool isListed, Func<Name, Task<T?>> describe)
        where T : class
    {
        int most = limit ?? DefaultLimit;
        var unanswered = new SortedSet<string>(StringComparer.Ordinal);
        var items = new List<T>();
        string? cursor = after;
        while (true)
        {
            // What is awake is only a hint, so it may take several pages of names to fill one of answers.
            var page = await names.ReadAsync(kind, domain, cursor, most, isListed);
            unanswered.UnionWith(page.Silent.Select(n => n.Card?.Name ?? n.Address.ToString()));
            var described = await Task.WhenAll(page.Names.Take(most).Select(name => DescribeAsync(name, describe)));
            for (int i = 0; i < described.Length; i++)
            {
                if (!described[i].IsAnswered)
                    unanswered.Add("(moving)");
                if (described[i].Item is { } item)
                    items.Add(item);
                if (items.Count == most)
                    return new GatheredPage<T>(items, i + 1 < page.Names.Length || page.End is not null ? page.Names[i].Local : null, unanswered);
            }

            if (page.Names.Length <= most && page.End is null)
                return new GatheredPage<T>(items, null, unanswered);
            cursor = page.Names.Length > most ? page.Names[most - 1].Local : page.End;
        }
    }

    private static async Task<(bool IsAnswered, T? Item)> DescribeAsync<T>(Name name, Func<Name, Task<T?>> describe)
        where T : class
    {
        try
        {
            return (true, await describe(name).WaitAsync(ClusterNames.Deadline));
        }
        catch (Exception e) when (e is UnavailableException or AskTimeoutException or TimeoutException)
        {
            return (false, null);
        }
    }
}
