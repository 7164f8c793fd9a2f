using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Conference.Actors.Sessions;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.SignIn.Tokens;

/// <summary>
/// A bearer token to who it is for and what they may:
/// <code>
/// token   = base64url(header) "." base64url(claims) "." base64url(signature)      ; RFC 7515, compact
/// header  = {"alg":"HS256"|"RS256"|"ES256","kid":"..."}
/// claims  = {"sub":"joe","exp":1900000000,"nbf":...,"aud":...,"rooms":["standup"],"publish":true}
/// </code>
/// The signature is checked before a claim is looked at. Nothing here throws for what a token holds. Safe for any number of threads.
/// </summary>
/// <param name="keys">The keys there are now: they may be other ones at every call.</param>
/// <param name="audience">Who tokens must be meant for; null: for nobody in particular (RFC 7519 section 4.1.3 has a token that is meant
/// for somebody refused by everybody else).</param>
public sealed class TokenValidator(Func<IReadOnlyList<VerificationKey>> keys, string? audience)
{
    /// <summary>What a token may have of characters. A line holds fewer; this is for other ways in.</summary>
    public const int MaxLength = 8192;

    /// <summary>Clocks differ by this much.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>31 December 9999, the last moment a date can be.</summary>
    private const double LastSecond = 253_402_300_799;

    private static readonly JsonDocumentOptions _json = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    public SignInResult Validate(string token, DateTimeOffset now)
    {
        try
        {
            return ValidateParts(token, now);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or DecoderFallbackException)
        {
            // What JsonDocument and Base64Url say of text that is none of theirs, duplicated names included.
            return new SignInResult.Refused(SignInVerdict.TokenMalformed);
        }
    }

    private SignInResult ValidateParts(string token, DateTimeOffset now)
    {
        if (token.Length > MaxLength || !Ascii.IsValid(token) || token.Split('.') is not [var header64, var claims64, var signature64])
            return new SignInResult.Refused(SignInVerdict.TokenMalformed);
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(header64), _json);
        if (FindKey(header.RootElement, out var problem) is not { } key)
            return new SignInResult.Refused(problem);
        byte[] signed = Encoding.ASCII.GetBytes(token, 0, header64.Length + 1 + claims64.Length);
        if (!key.Verify(signed, Base64Url.DecodeFromChars(signature64)))
            return new SignInResult.Refused(SignInVerdict.TokenSignature);
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(claims64), _json);
        return ReadClaims(claims.RootElement, now);
    }

    private VerificationKey? FindKey(JsonElement header, out SignInVerdict problem)
    {
        problem = SignInVerdict.TokenAlgorithm;
        // "crit" names extensions that whoever does not know them must refuse; none are known here.
        if (header.TryGetProperty("crit", out _) || Text(header, "alg") is not { } algorithm)
            return null;
        bool hasId = header.TryGetProperty("kid", out var kid);
        string? id = hasId ? kid.GetString() : null;
        var fit = keys().Where(k => k.Algorithm == algorithm).ToArray();
        if (fit.Length == 0)
            return null;
        problem = SignInVerdict.TokenKey;
        // A token that names no key can only be checked where there is no choice.
        return id is null
            ? fit is [var only] ? only : null
            : fit.FirstOrDefault(k => k.Id == id) ?? fit.FirstOrDefault(k => k.Id is null);
    }

    private SignInResult ReadClaims(JsonElement claims, DateTimeOffset now)
    {
        if (!Name.TryParse(Text(claims, "sub"), out var name) || name.IsGuest
            || !TryTime(claims, "exp", out var expires) || expires is not { } exp
            || !TryTime(claims, "nbf", out var notBefore)
            || !TryRooms(claims, out var rooms) || !TryFlag(claims, "publish", out bool mayPublish))
            return new SignInResult.Refused(SignInVerdict.TokenClaims);
        if (now >= exp + Skew)
            return new SignInResult.Refused(SignInVerdict.TokenExpired);
        if (notBefore is { } nbf && now < nbf - Skew)
            return new SignInResult.Refused(SignInVerdict.TokenNotYetValid);
        if (!IsForUs(claims))
            return new SignInResult.Refused(SignInVerdict.TokenAudience);
        return new SignInResult.Proved(name, new SessionGrants(rooms, mayPublish, exp + Skew));
    }

    private bool IsForUs(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var aud))
            return audience is null;
        return audience is not null && aud.ValueKind switch
        {
            JsonValueKind.String => aud.ValueEquals(audience),
            JsonValueKind.Array => aud.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String && a.ValueEquals(audience)),
            _ => false,
        };
    }

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

    /// <summary>A list of names; one that is none, or too many, make the token worthless rather than its holder powerful.</summary>
    private static bool TryRooms(JsonElement claims, out ImmutableHashSet<Name>? rooms)
    {
        rooms = null;
        if (!claims.TryGetProperty("rooms", out var list))
            return true;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > SessionGrants.MaxRooms)
            return false;
        var names = ImmutableHashSet.CreateBuilder<Name>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !Name.TryParse(item.GetString(), out var name))
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
