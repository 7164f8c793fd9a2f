using System.Security.Cryptography;
using Conference.Actors.Calls;
using Conference.Node.Store;
using Conference.Protocol.Addresses;

namespace Conference.Node.SignIn.Tokens;

/// <summary>By what tokens of one domain are checked, and of no other.</summary>
/// <param name="Join">Of its <see cref="JoinTokens"/>; null where none was made.</param>
/// <param name="Own">Of its own issuer: then nobody else's tokens are good there; null where it has none.</param>
/// <param name="Audience">Who tokens of its own issuer must be meant for; null: for nobody in particular.</param>
public sealed record DomainKeySet(VerificationKey? Join, IReadOnlyList<VerificationKey>? Own, string? Audience)
{
    public static DomainKeySet None { get; } = new(null, null, null);
}

/// <summary>
/// The keys of domains, in the store, so that every node can check by them. What is removed is good for a second more at most, on the nodes that were not
/// asked.
/// </summary>
public sealed class DomainKeys(ConferenceStore store)
{
    /// <summary>What a join token names as its key. The domain says which.</summary>
    public const string JoinId = "conference-join";

    private readonly StoreMemory<Domain, DomainKeySet> _found = new(async (domain, cancellationToken) => await ReadAsync(store, domain, cancellationToken));

    /// <exception cref="StoreUnavailableException">The store is away, and these are not known.</exception>
    public async Task<DomainKeySet> FindAsync(Domain domain, CancellationToken cancellationToken = default) =>
        await _found.FindAsync(domain, cancellationToken) ?? DomainKeySet.None;

    /// <summary>The key of a domain's join tokens, which has one from then on.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<VerificationKey> MakeJoinAsync(Domain domain, CancellationToken cancellationToken)
    {
        if ((await FindAsync(domain, cancellationToken)).Join is { } key)
            return key;
        string secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(VerificationKey.LeastSecretBytes));
        // Another node may have been first.
        await WriteAsync(
            """
            insert into conference_domain_key (domain, join_secret) values (@domain, @secret)
            on conflict (domain) do update set join_secret = coalesce(conference_domain_key.join_secret, excluded.join_secret)
            """,
            domain, cancellationToken, ("@secret", secret));
        return (await _found.ReadAsync(domain, cancellationToken))?.Join ?? throw new StoreUnavailableException("the key was removed at once: try again");
    }

    /// <summary>From now on only tokens of this issuer are good in a domain, and join tokens.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="jwks">A JWKS that <see cref="KeyReader.ReadJwks"/> takes; null: tokens are checked as everywhere.</param>
    /// <param name="audience">See <see cref="DomainKeySet.Audience"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task SetOwnAsync(Domain domain, string? jwks, string? audience, CancellationToken cancellationToken) => WriteAsync(
        """
        insert into conference_domain_key (domain, jwks, audience) values (@domain, @jwks, @audience)
        on conflict (domain) do update set jwks = excluded.jwks, audience = excluded.audience
        """,
        domain, cancellationToken, ("@jwks", jwks), ("@audience", audience));

    /// <summary>A domain goes, or is made where another customer's once was.</summary>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public Task RemoveAsync(Domain domain, CancellationToken cancellationToken) =>
        WriteAsync("delete from conference_domain_key where domain = @domain", domain, cancellationToken);

    private async Task WriteAsync(string sql, Domain domain, CancellationToken cancellationToken, params (string Name, object? Value)[] values)
    {
        await store.UseAsync(
            (connection, cancelled) => connection.ExecuteAsync(sql, cancelled, [("@domain", domain.ToString()), .. values]), cancellationToken);
        _found.Forget(domain);
    }

    private static Task<DomainKeySet> ReadAsync(ConferenceStore store, Domain domain, CancellationToken cancellationToken) => store.UseAsync(
        async (connection, cancelled) =>
        {
            await using var command = connection.Command(
                "select join_secret, jwks, audience from conference_domain_key where domain = @domain", ("@domain", domain.ToString()));
            await using var row = await command.ExecuteReaderAsync(cancelled);
            return await row.ReadAsync(cancelled) ? Read(Text(0), Text(1), Text(2)) : DomainKeySet.None;

            string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        },
        cancellationToken);

    private static DomainKeySet Read(string? secret, string? jwks, string? audience) => new(
        secret is null ? null : VerificationKey.Of(Convert.FromHexString(secret), JoinId), jwks is null ? null : KeyReader.ReadJwks(jwks).Keys, audience);
}
