using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Actors.Domains;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.ReadModel;

/// <summary>
/// What can be asked of the store without waking an actor: call records, accounts, kept rooms, domains. One projection in the whole cluster writes them, some
/// 100 to 300 ms behind the journal; who must read what it wrote waits for <see cref="PassedAsync(string, TimeSpan, CancellationToken)"/>.
/// </summary>
public sealed class ReadModels(ConferenceStore store) : ICallRecords, IDirectory, IDomainContents
{
    private static readonly TimeSpan _domainPassed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMilliseconds(100);

    private volatile IActorRef? _projection;

    public Task<CallRecordPage> QueryAsync(CallQuery query, CancellationToken cancellationToken = default) => CallTable.QueryAsync(store, query, cancellationToken);

    public Task<int> DeleteEndedBeforeAsync(DateTimeOffset time, DomainChoice domains, CancellationToken cancellationToken = default) =>
        CallTable.DeleteEndedBeforeAsync(store, time, domains, cancellationToken);

    public Task<DirectoryEntry?> FindAsync(DirectoryKind kind, Name name, CancellationToken cancellationToken = default) =>
        DirectoryTable.FindAsync(store, kind, name, cancellationToken);

    public Task<DirectoryPage> ListAsync(
        DirectoryKind kind, string? after, int limit, Domain domain = default, CancellationToken cancellationToken = default) =>
        DirectoryTable.ListAsync(store, kind, domain, after, limit, cancellationToken);

    /// <summary>Domains that changed after a place in the journal, in that order; and the place of the last of them.</summary>
    /// <param name="after">0 for all.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task<(IReadOnlyList<DomainRecord> Records, long Ordering)> ReadDomainsAsync(long after, int most, CancellationToken cancellationToken = default) =>
        DomainRows.ReadAsync(store, after, most, cancellationToken);

    async Task<DomainContents> IDomainContents.ReadAsync(Domain domain, int most)
    {
        if (!await PassedAsync(EntityIds.Domain(domain), _domainPassed))
            throw new StoreUnavailableException("the lists are behind: try again");
        return await DomainRows.ReadContentsAsync(store, domain, most, CancellationToken.None);
    }

    /// <inheritdoc cref="UsageTable.QueryAsync"/>
    internal Task<IReadOnlyList<Usage>> UsageAsync(Domain domain, DateOnly from, DateOnly to, DateTimeOffset now, CancellationToken cancellationToken = default) =>
        UsageTable.QueryAsync(store, domain, from, to, now, cancellationToken);

    /// <summary>Waits until what an entity has stored by now is in the read models. Asked on any node: how far the projection is stands in a table.</summary>
    /// <param name="persistenceId">Whose events.</param>
    /// <param name="limit">How long, at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False at the limit.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task<bool> PassedAsync(string persistenceId, TimeSpan limit, CancellationToken cancellationToken = default) =>
        PassedAsync(persistenceId, long.MaxValue, limit, cancellationToken);

    /// <inheritdoc cref="PassedAsync(string, TimeSpan, CancellationToken)"/>
    /// <param name="sequenceNr">Its last event that matters; later ones do not.</param>
    public async Task<bool> PassedAsync(string persistenceId, long sequenceNr, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        long asked = Stopwatch.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        // Here and now, if it runs on this node; on another it looks by itself soon enough.
        _projection?.Tell(ProjectionActor.Look.Instance, ActorRefs.NoSender);
        while (!await HasPassedAsync(persistenceId, sequenceNr, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(asked) + pause > limit)
                return false;
            await Task.Delay(pause, cancellationToken);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        return true;
    }

    /// <summary>The projection runs on this node from now on.</summary>
    internal void Found(IActorRef projection) => _projection = projection;

    internal void Lost(IActorRef projection)
    {
        if (projection.Equals(_projection))
            _projection = null;
    }

    private Task<bool> HasPassedAsync(string persistenceId, long sequenceNr, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, token) => Convert.ToBoolean(
            await connection.ScalarAsync(
                """
                select coalesce((select ordering from conference_journal where persistence_id = @id and sequence_number <= @sequence
                    order by sequence_number desc limit 1), 0)
                    <= coalesce((select ordering from conference_projection where name = @name), 0)
                """,
                token,
                ("@id", persistenceId), ("@sequence", sequenceNr), ("@name", ReadModelProjection.Name)),
            CultureInfo.InvariantCulture),
        cancellationToken);
}
