using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Conference.Node.Api.Access;
using Conference.Node.SignIn.Tokens;

namespace Conference.Node.Api;

/// <summary><c>keys</c>: a customer's own issuer of tokens.</summary>
internal static class DomainKeysApi
{
    public const int LongestAudience = 256;

    public static void MapDomainKeys(this RouteGroupBuilder api, string suffix)
    {
        api.MapGet("/keys", Read).WithName("readKeys" + suffix).Needs(Rights.Read).Produces<DomainKeysModel>();
        api.MapPut("/keys", Put).WithName("putKeys" + suffix).Needs(Rights.Manage).Produces<DomainKeysModel>().ProducesProblem(400).ProducesProblem(403);
        api.MapDelete("/keys", Delete).WithName("removeKeys" + suffix).Needs(Rights.Manage).Produces(204).ProducesProblem(403);
    }

    /// <summary>The keys that tokens of this domain are checked by, where it has an issuer of its own; none: the keys of the nodes' settings.</summary>
    /// <response code="200">The keys.</response>
    public static async Task<IResult> Read(ApiDomain domain, DomainKeys keys, HttpContext context) =>
        TypedResults.Ok(DomainKeysModel.Of(await keys.FindAsync(domain.Value, context.RequestAborted), []));

    /// <summary>Give a domain an issuer of its own: from then on tokens are good there that these keys have signed, and join tokens, and no others.</summary>
    /// <remarks>The body is a JWKS (RFC 7517) of public keys, RSA of 2,048 bits and more or P-256, with an `audience` beside them. A key that cannot be used is left out and told; keys are replaced as a whole. They
    /// hold on every node within a second.</remarks>
    /// <response code="200">The keys that count.</response>
    public static async Task<IResult> Put(ApiDomain domain, DomainKeys keys, HttpContext context, PutDomainKeys asked)
    {
        if (asked.Keys.ValueKind != JsonValueKind.Array)
            return ApiProblems.BadRequest(PutDomainKeys.Must, "keys");
        string jwks = $$"""{"keys":{{asked.Keys.GetRawText()}}}""";
        KeySet set;
        try
        {
            set = KeyReader.ReadJwks(jwks);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return ApiProblems.BadRequest(e is FormatException ? $"keys: {e.Message}" : PutDomainKeys.Must, "keys");
        }

        if (set.Keys.Count == 0)
            return ApiProblems.BadRequest(set.LeftOut is [var why, ..] ? $"keys: no key can be used: {why}" : PutDomainKeys.Must, "keys");
        await keys.SetOwnAsync(domain.Value, jwks, asked.Audience, context.RequestAborted);
        return TypedResults.Ok(DomainKeysModel.Of(await keys.FindAsync(domain.Value, context.RequestAborted), set.LeftOut));
    }

    /// <summary>Tokens are checked by the keys of the nodes' settings again.</summary>
    public static async Task<IResult> Delete(ApiDomain domain, DomainKeys keys, HttpContext context)
    {
        await keys.SetOwnAsync(domain.Value, null, null, context.RequestAborted);
        return TypedResults.NoContent();
    }
}

/// <summary>A domain's own issuer.</summary>
/// <param name="Keys">Those that count; none: it has no issuer of its own.</param>
/// <param name="Audience">Who its tokens must be meant for (`aud`); null: for nobody in particular.</param>
/// <param name="LeftOut">Why others of the set do not count, a sentence each; only told to who has put them.</param>
public sealed record DomainKeysModel(IReadOnlyList<DomainKeyModel> Keys, string? Audience, IReadOnlyList<string> LeftOut)
{
    internal static DomainKeysModel Of(DomainKeySet set, IReadOnlyList<string> leftOut) =>
        new([.. (set.Own ?? []).Select(k => new DomainKeyModel(k.Id, k.Algorithm))], set.Audience, leftOut);
}

/// <summary>A public key.</summary>
/// <param name="Kid">The only `kid` a token may name for it; null: any.</param>
/// <param name="Alg">The only `alg` a token may name for it.</param>
public sealed record DomainKeyModel(string? Kid, string Alg);

/// <summary>Body of `PUT keys`: a JWKS, and for whom its tokens are meant.</summary>
/// <param name="Keys">JSON web keys.</param>
/// <param name="Audience">Who tokens must be meant for (`aud`). Null: for nobody in particular; then a token that names somebody is refused.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutDomainKeys(JsonElement Keys, [property: StringLength(DomainKeysApi.LongestAudience, MinimumLength = 1)] string? Audience = null) : IRequestBody
{
    internal const string Must = "keys must be a list of JSON web keys: RSA of 2,048 bits and more, or P-256, for signatures";

    string IRequestBody.Told => $"keys={(Keys.ValueKind == JsonValueKind.Array ? Keys.GetArrayLength() : 0)} audience={Audience ?? "(none)"}";
}
