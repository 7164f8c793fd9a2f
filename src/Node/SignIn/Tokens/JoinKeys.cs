using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// The secrets that <see cref="JoinTokens"/> are signed with, one for each domain that ever made one, in the store: every node can make and check them, and a
/// domain's secret is good for nobody else's names. A secret that is removed is good for a second more at most, on the nodes that were not asked.
/// </summary>
public sealed class JoinKeys(ConferenceStore store)
{
    /// <summary>What a join token names as its key. The domain says which.</summary>
    public const string Id = "conference-join";

    /// <summary>How long what was found is believed, also that there is none.</summary>
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    /// <summary>While the store is away, for so long: whoever has a token gets in.</summary>
    private static readonly TimeSpan _known = TimeSpan.FromMinutes(1);

    /// <summary>Beyond this, all are looked up again.</summary>
    private const int MostKnown = 10_000;

    private readonly ConcurrentDictionary<Domain, (VerificationKey? Key, long At)> _found = [];

    /// <returns>Null where no join token was made for that domain.</returns>
    /// <exception cref="StoreUnavailableException">The store is away, and this one is not known.</exception>
    public async Task<VerificationKey?> FindAsync(Domain domain, CancellationToken cancellationToken = default)
    {
        bool isKnown = _found.TryGetValue(domain, out var found);
        if (isKnown && Stopwatch.GetElapsedTime(found.At) < _fresh)
            return found.Key;
        try
        {
            return await ReadAsync(domain, cancellationToken);
        }
        catch (StoreUnavailableException) when (found.Key is not null && Stopwatch.GetElapsedTime(found.At) < _known)
        {
            return found.Key;
        }
    }

    /// <summary>The key of a domain, which has one from then on.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<VerificationKey> MakeAsync(Domain domain, CancellationToken cancellationToken)
    {
        if (await FindAsync(domain, cancellationToken) is { } key)
            return key;
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(VerificationKey.LeastSecretBytes));
        await store.UseAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "insert into conference_join_key (domain, secret) values (@domain, @secret) on conflict (domain) do nothing",
                cancelled, ("@domain", domain.ToString()), ("@secret", secret)),
            cancellationToken);
        // Another node may have been first.
        return await ReadAsync(domain, cancellationToken) ?? throw new StoreUnavailableException("the key was removed at once: try again");
    }

    /// <summary>All join tokens of a domain are void: it goes, or is made where another customer's once was.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task RemoveAsync(Domain domain, CancellationToken cancellationToken)
    {
        await store.UseAsync(
            (connection, cancelled) => connection.ExecuteAsync("delete from conference_join_key where domain = @domain", cancelled, ("@domain", domain.ToString())),
            cancellationToken);
        _found.TryRemove(domain, out _);
    }

    private async Task<VerificationKey?> ReadAsync(Domain domain, CancellationToken cancellationToken)
    {
        long now = Stopwatch.GetTimestamp();
        object? secret = await store.UseAsync(
            (connection, cancelled) => connection.ScalarAsync("select secret from conference_join_key where domain = @domain", cancelled, ("@domain", domain.ToString())),
            cancellationToken);
        var key = secret is string hex ? VerificationKey.Of(Convert.FromHexString(hex), Id) : null;
        if (_found.Count >= MostKnown)
            _found.Clear();
        _found[domain] = (key, now);
        return key;
    }
}
