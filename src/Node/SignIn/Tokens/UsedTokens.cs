using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Conference.Actors.Calls;
using Conference.Actors.Rooms;
using Conference.Actors.Sessions;
using Conference.Node.Store;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// Tokens that were used, of domains where each is good for one session (<see cref="DomainRules.SingleUseTokens"/>): kept, as digests, until well after they
/// have expired.
/// </summary>
public sealed class UsedTokens(ConferenceStore store, IDomains domains, TimeProvider time)
{
    private static readonly TimeSpan _forgetEvery = TimeSpan.FromHours(1);

    /// <summary>A clock that was set ahead and back again lets nobody in twice.</summary>
    private static readonly TimeSpan _forgetAfter = TimeSpan.FromDays(2);

    private long _forgotten = Stopwatch.GetTimestamp();

    /// <param name="proved">What a token came to.</param>
    /// <param name="session">Who shows it. It may show it again, where it did not hear the answer.</param>
    /// <returns>The same, or that another session was first.</returns>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<SignInResult> UseAsync(SignInResult.Proved proved, SessionId session)
    {
        if (domains.RulesOf(proved.Name.Domain).SingleUseTokens is not true)
            return proved;
        if (proved is not { TokenId: { } id, Grants.Until: { } until })
            return new SignInResult.Refused(SignInVerdict.TokenClaims);
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _forgotten)) > _forgetEvery)
            await ForgetAsync();
        return await TakeAsync(proved.Name.Domain, id, session, until) ? proved : new SignInResult.Refused(SignInVerdict.TokenUsed);
    }

    private Task<bool> TakeAsync(Domain domain, string id, SessionId session, DateTimeOffset expires)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{domain} {id}")));
        return store.UseAsync(
            async (connection, cancelled) =>
            {
                await connection.ExecuteAsync(
                    "insert into conference_used_token (digest, session, expires) values (@digest, @session, @expires) on conflict (digest) do nothing",
                    cancelled, ("@digest", digest), ("@session", session.Value), ("@expires", CallCursor.Micros(expires)));
                object? by = await connection.ScalarAsync("select session from conference_used_token where digest = @digest", cancelled, ("@digest", digest));
                return by is long first && first == session.Value;
            },
            CancellationToken.None);
    }

    private Task<int> ForgetAsync()
    {
        Volatile.Write(ref _forgotten, Stopwatch.GetTimestamp());
        return store.UseAsync(
            (connection, cancelled) => connection.ExecuteAsync(
                "delete from conference_used_token where expires < @before", cancelled, ("@before", CallCursor.Micros(time.GetUtcNow() - _forgetAfter))),
            CancellationToken.None);
    }
}
