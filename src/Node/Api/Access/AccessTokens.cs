using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api.Access;

/// <summary>The tokens that were made by the API, on any node. One that is withdrawn is good for a second more at most, on the nodes that were not asked.</summary>
public sealed class AccessTokens(ConferenceStore store, ForwardClock clock)
{
    /// <summary>By digest.</summary>
    private readonly StoreMemory<string, AccessToken> _found = new((digest, cancellationToken) => AccessTokenTable.FindAsync(store, digest, cancellationToken));

    /// <summary>Was good within the last minute: no guess, whatever its neighbours do.</summary>
    public bool IsKnown(string said) => AccessToken.DigestOf(said) is { } digest && _found.Knows(digest);

    /// <returns>Null for what is no token, or none any more.</returns>
    /// <exception cref="StoreUnavailableException">The store is away, and this one is not known.</exception>
    public async Task<AccessToken?> FindAsync(string said, CancellationToken cancellationToken) =>
        AccessToken.DigestOf(said) is { } digest ? await _found.FindAsync(digest, cancellationToken) : null;

    /// <returns>The token, and what to say to be let in by it: nobody can find that out again.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<(AccessToken Token, string Secret)> MakeAsync(string name, Domain? domain, Rights rights, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var token = new AccessToken(Guid.CreateVersion7(now), name, domain, rights, now);
        string secret = AccessToken.MakeSecret();
        await AccessTokenTable.AddAsync(store, token, AccessToken.DigestOf(secret)!, cancellationToken);
        return (token, secret);
    }

    /// <param name="domain">Only of this domain; null: of all.</param>
    /// <param name="after">The id of the last of the page before.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task<IReadOnlyList<AccessToken>> ListAsync(Domain? domain, Guid after, int most, CancellationToken cancellationToken) =>
        AccessTokenTable.ListAsync(store, domain, after, most, cancellationToken);

    /// <returns>False where there is none with this id, or it is another domain's.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<bool> WithdrawAsync(Guid id, Domain? domain, CancellationToken cancellationToken)
    {
        if (!await AccessTokenTable.RemoveAsync(store, id, domain, cancellationToken))
            return false;
        _found.Forget(token => token.Id == id);
        return true;
    }

    /// <summary>A domain goes, or is made where another customer's once was.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task WithdrawAllAsync(Domain domain, CancellationToken cancellationToken)
    {
        await AccessTokenTable.RemoveAllAsync(store, domain, cancellationToken);
        _found.Forget(token => token.Domain == domain);
    }
}
