using Conference.Actors.Calls;
using Conference.Protocol.Addresses;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// Makes tokens for customers who have no issuer of their own: what <see cref="TokenValidator"/> takes as <c>AUTH BEARER</c>, signed with the key of the one
/// domain it is for.
/// </summary>
public sealed class JoinTokens(DomainKeys keys, TimeProvider time)
{
    /// <summary>A token lives for as long at most: a day.</summary>
    public const int MostMinutes = 24 * 60;

    private static readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="who">As whom it lets in.</param>
    /// <param name="room">The only room it is for; null: for all of the domain.</param>
    /// <param name="mayPublish">False: to watch and to chat.</param>
    /// <param name="life">Until when, from now on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async Task<(string Token, DateTimeOffset Until)> MakeAsync(
        Name who, Name? room, bool mayPublish, TimeSpan life, CancellationToken cancellationToken)
    {
        var key = await keys.MakeJoinAsync(who.Domain, cancellationToken);
        var until = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + life).ToUnixTimeSeconds());
        var claims = new Dictionary<string, object>
        {
            ["sub"] = who.Local,
            ["exp"] = until.ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("N"),
        };
        if (!who.Domain.IsDefault)
            claims["domain"] = who.Domain.ToString();
        if (room is { } only)
            claims["rooms"] = new[] { only.Local };
        if (!mayPublish)
            claims["publish"] = false;
        return (_handler.CreateToken(new SecurityTokenDescriptor { Claims = claims, SigningCredentials = new SigningCredentials(key.Key, key.Algorithm) }), until);
    }
}
