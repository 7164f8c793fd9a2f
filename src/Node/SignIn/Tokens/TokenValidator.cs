using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Conference.Actors.Sessions;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// A bearer token to who it is for and what they may:
/// <code>
/// token   = base64url(header) "." base64url(claims) "." base64url(signature)      ; RFC 7515, compact
/// header  = {"alg":"HS256"|"RS256"|"ES256","kid":"..."}
/// claims  = {"sub":"joe","domain":"acme.example","exp":1900000000,"nbf":...,"iss":"https://...","aud":...,"rooms":["standup"],"publish":true,"jti":"..."}
/// </code>
/// The library checks signature, issuer and audience; which key may be asked, what is said twice and what claims mean is decided here. Nothing here throws
/// for what a token holds. Safe for any number of threads.
/// </summary>
/// <param name="keys">The keys of the operator's issuers, as there are now: they may be other ones at every call. Null where there is no such issuer.</param>
/// <param name="audience">Who tokens must be meant for; null: for nobody in particular (RFC 7519 section 4.1.3 has a token that is meant
/// for somebody refused by everybody else).</param>
/// <param name="onUnknownKey">Told when no key was right for a token: there may be new ones.</param>
/// <param name="domains">Which domains there are; null where there is but the default domain.</param>
/// <param name="domainKeys">The keys that a domain has to itself; null where none has any. What it throws, this throws.</param>
public sealed class TokenValidator(
    Func<IReadOnlyList<VerificationKey>>? keys, string? audience, Action? onUnknownKey = null, IDomains? domains = null,
    Func<Domain, Task<DomainKeySet>>? domainKeys = null)
{
    /// <summary>What a token may have of characters. A line holds fewer; this is for other ways in.</summary>
    public const int MaxLength = 8192;

    /// <summary>Clocks differ by this much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>31 December 9999, the last moment a date can be.</summary>
    private const double LastSecond = 253_402_300_799;

    private static readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxLength };
    private static readonly JsonDocumentOptions _json = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public async Task<SignInResult> ValidateAsync(string token, DateTimeOffset now)
    {
        try
        {
            var result = await ValidatePartsAsync(token, now);
            if (result is SignInResult.Refused { Why: SignInVerdict.TokenAlgorithm or SignInVerdict.TokenKey or SignInVerdict.TokenSignature })
                onUnknownKey?.Invoke();
            return result;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or DecoderFallbackException)
        {
            // What JsonDocument and Base64Url say of text that is none of theirs, duplicated names included.
            return new SignInResult.Refused(SignInVerdict.TokenMalformed);
        }
    }

    private async Task<SignInResult> ValidatePartsAsync(string token, DateTimeOffset now)
    {
        if (token.Length > MaxLength || !Ascii.IsValid(token) || token.Split('.') is not [var header64, var claims64, _])
            return new SignInResult.Refused(SignInVerdict.TokenMalformed);
        // The library takes the last of what is said twice.
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(header64), _json);
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(claims64), _json);
        Name? who = TryName(claims.RootElement, out var name) ? name : null;
        var (key, problem, meantFor) = await FindKeyAsync(header.RootElement, Text(claims.RootElement, "iss"), who?.Domain);
        if (key is null)
            return new SignInResult.Refused(problem);
        var result = await _handler.ValidateTokenAsync(token, Parameters(key, meantFor));
        return result.Exception switch
        {
            null => ReadClaims(who, claims.RootElement, meantFor, now),
            SecurityTokenInvalidAudienceException => new SignInResult.Refused(SignInVerdict.TokenAudience),
            // It is well formed: a claim is of another type than the library reads.
            ArgumentException => new SignInResult.Refused(IsAudienceText(claims.RootElement) ? SignInVerdict.TokenClaims : SignInVerdict.TokenAudience),
            _ => new SignInResult.Refused(SignInVerdict.TokenSignature),
        };
    }

    private static TokenValidationParameters Parameters(VerificationKey key, string? audience) => new()
    {
        IssuerSigningKey = key.Key,
        ValidAlgorithms = [key.Algorithm],
        ValidateIssuer = key.Issuer is not null,
        ValidIssuer = key.Issuer,
        ValidateAudience = audience is not null,
        ValidAudience = audience,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        // It would take a time in quotes for one.
        ValidateLifetime = false,
    };

    /// <summary>A join token is checked by the key of the domain it says it is for: signed with any other, its signature is wrong. So is any token of a domain that has an issuer of its own.</summary>
    private async Task<(VerificationKey? Key, SignInVerdict Problem, string? Audience)> FindKeyAsync(JsonElement header, string? issuer, Domain? domain)
    {
        bool isJoin = Text(header, "kid") == DomainKeys.JoinId;
        var ofDomain = domainKeys is not null && domain is { } named ? await domainKeys(named) : DomainKeySet.None;
        var (trusted, meantFor) = (isJoin, ofDomain) switch
        {
            (true, _) => (ofDomain.Join is { } join ? [join] : [], null),
            (false, { Own: { } own }) => (own, ofDomain.Audience),
            _ => (keys?.Invoke(), audience),
        };
        if (trusted is null)
            return (null, SignInVerdict.TokensNotAccepted, null);
        var (key, problem) = FindKey(trusted, header, issuer);
        return (key, problem, meantFor);
    }

    private static (VerificationKey? Key, SignInVerdict Problem) FindKey(IReadOnlyList<VerificationKey> trusted, JsonElement header, string? issuer)
    {
        // "crit" names extensions that whoever does not know them must refuse; none are known here.
        if (header.TryGetProperty("crit", out _) || Text(header, "alg") is not { } algorithm)
            return (null, SignInVerdict.TokenAlgorithm);
        string? id = header.TryGetProperty("kid", out var kid) ? kid.GetString() : null;
        var fit = trusted.Where(k => k.Algorithm == algorithm).ToArray();
        if (fit.Length == 0 && trusted.Count > 0)
            return (null, SignInVerdict.TokenAlgorithm);
        fit = [.. fit.Where(k => k.Issuer is null || k.Issuer == issuer)];
        // A token that names no key can only be checked where there is no choice.
        var key = id is null
            ? fit is [var only] ? only : null
            : fit.FirstOrDefault(k => k.Id == id) ?? fit.FirstOrDefault(k => k.Id is null);
        return (key, SignInVerdict.TokenKey);
    }

    private static SignInResult ReadClaims(Name? who, JsonElement claims, string? audience, DateTimeOffset now)
    {
        if (who is not { IsReserved: false } name
            || !TryTime(claims, "exp", out var expires) || expires is not { } exp
            || !TryTime(claims, "nbf", out var notBefore)
            || !TryRooms(claims, name.Domain, out var rooms) || !TryFlag(claims, "publish", out bool mayPublish))
            return new SignInResult.Refused(SignInVerdict.TokenClaims);
        if (now >= exp + Skew)
            return new SignInResult.Refused(SignInVerdict.TokenExpired);
        if (notBefore is { } nbf && now < nbf - Skew)
            return new SignInResult.Refused(SignInVerdict.TokenNotYetValid);
        if (audience is null && claims.TryGetProperty("aud", out _))
            return new SignInResult.Refused(SignInVerdict.TokenAudience);
        return new SignInResult.Proved(name, new SessionGrants(rooms, mayPublish, exp + Skew)) { TokenId = Text(claims, "jti") };
    }

    private static bool IsAudienceText(JsonElement claims) =>
        !claims.TryGetProperty("aud", out var aud) || aud.ValueKind is JsonValueKind.String or JsonValueKind.Array;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Seconds since 1970, fractions allowed (RFC 7519's NumericDate). A claim that is not there is null; false when it is no time.</summary>
    private static bool TryTime(JsonElement claims, string name, out DateTimeOffset? time)
    {
        time = null;
        if (!claims.TryGetProperty(name, out var value))
            return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double seconds) || seconds is not (>= 0 and <= LastSecond))
            return false;
        // Room for the skew on top, and for arithmetic with the clock.
        time = DateTimeOffset.UnixEpoch.AddSeconds(Math.Min(seconds, LastSecond - 86_400));
        return true;
    }

    /// <summary><c>sub</c> is <c>joe</c>, or <c>joe@acme.example</c>; the domain may stand in <c>domain</c> too. A token of a domain that is not there is refused.</summary>
    private bool TryName(JsonElement claims, out Name name)
    {
        name = default;
        string? local = Text(claims, "sub");
        Domain? ofSubject = null, ofClaim = null;
        if (local is not null && Target.TryParse(local, out var target))
        {
            local = target.Name;
            if ((ofSubject = Find(target.Host)) is null)
                return false;
        }

        if (claims.TryGetProperty("domain", out _) && (ofClaim = Text(claims, "domain") is { } host ? Find(host) : null) is null)
            return false;
        return (ofSubject is null || ofClaim is null || ofSubject == ofClaim) && Name.TryParse(local, ofSubject ?? ofClaim ?? Domain.Default, out name);
    }

    private Domain? Find(string host) => domains?.Find(host);

    /// <summary>A list of names, which are of the token's domain. A token whose list is not valid, or too long, is refused.</summary>
    private static bool TryRooms(JsonElement claims, Domain domain, out ImmutableHashSet<Name>? rooms)
    {
        rooms = null;
        if (!claims.TryGetProperty("rooms", out var list))
            return true;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > SessionGrants.MaxRooms)
            return false;
        var names = ImmutableHashSet.CreateBuilder<Name>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !Name.TryParse(item.GetString(), domain, out var name))
                return false;
            names.Add(name);
        }

        rooms = names.ToImmutable();
        return true;
    }

    private static bool TryFlag(JsonElement claims, string name, out bool flag)
    {
        flag = true;
        if (!claims.TryGetProperty(name, out var value))
            return true;
        flag = value.ValueKind == JsonValueKind.True;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
    }
}
