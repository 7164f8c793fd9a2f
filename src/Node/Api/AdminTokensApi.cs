using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Conference.Actors.Domains;
using Conference.Node.Api.Access;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary><c>admin-tokens</c>: who else may use this API, where, and for what.</summary>
internal static class AdminTokensApi
{
    public const int LongestName = 64;

    public static void MapAdminTokens(this RouteGroupBuilder api)
    {
        api.MapGet("/caller", Caller).WithName("readCaller").Needs(Rights.None).Produces<CallerModel>();
        api.MapGet("/admin-tokens", List).WithName("listAdminTokens").Needs(Rights.Manage).Produces<Page<AdminTokenModel>>().ProducesProblem(400).ProducesProblem(403);
        api.MapPost("/admin-tokens", Make).WithName("makeAdminToken").Needs(Rights.Manage).Produces<MadeAdminToken>(201).ProducesProblem(400).ProducesProblem(403);
        api.MapDelete("/admin-tokens/{token}", Withdraw)
            .WithName("withdrawAdminToken").Needs(Rights.Manage).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
    }

    /// <summary>What the token is good for that this call is made with.</summary>
    /// <response code="200">Its domain and rights.</response>
    public static IResult Caller(HttpContext context)
    {
        var caller = ApiCaller.Of(context);
        return TypedResults.Ok(new CallerModel(caller.Token, caller.Domain?.ToString(), RightsText.Of(caller.Rights)));
    }

    /// <summary>Tokens, the oldest first; by a token that is for one domain, only those for the same.</summary>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> List(
        AccessTokens tokens, HttpContext context, string? after, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        var last = Guid.Empty;
        if (after is not null && !Guid.TryParseExact(after, "N", out last))
            return ApiProblems.NoCursor();
        int most = limit ?? ApiContext.DefaultLimit;
        var found = await tokens.ListAsync(ApiCaller.Of(context).Domain, last, most + 1, context.RequestAborted);
        return TypedResults.Ok(new Page<AdminTokenModel>(
            [.. found.Take(most).Select(AdminTokenModel.Of)], found.Count > most ? found[most - 1].Id.ToString("N") : null));
    }

    /// <summary>Make a token. It may no more than the token it is made with, and is for the same domain, or for one where that is for all.</summary>
    /// <remarks>What to say to be let in by it is told this once: only its digest is kept. It is good until it is withdrawn.</remarks>
    /// <response code="201">It is made.</response>
    public static async Task<IResult> Make(AccessTokens tokens, DomainTable domains, HttpContext context, PostAdminToken asked)
    {
        if (asked.Name.Any(char.IsControl))
            return ApiProblems.BadRequest("name must be one line, without control characters", "name");
        var caller = ApiCaller.Of(context);
        if (!RightsText.TryParse(asked.Rights, out var rights))
            return ApiProblems.BadRequest($"rights must be {RightsText.Must}", "rights");
        Domain? domain = caller.Domain;
        if (asked.Domain is not null)
        {
            if (domains.Named(asked.Domain) is not { } named)
                return ApiProblems.NoDomain();
            if (caller.Domain is not null && caller.Domain != named)
                return ApiProblems.Forbidden("this token is for another domain");
            if (!domains.Has(named))
                return ApiProblems.BadRequest("there is no such domain", "domain");
            domain = named;
        }

        if (!caller.Rights.HasFlag(rights))
            return ApiProblems.Forbidden($"this token may not {string.Join(", ", RightsText.Of(rights & ~caller.Rights))}, and so cannot give that");
        if (domain is not null && rights.HasFlag(Rights.Operate))
            return ApiProblems.BadRequest("rights must not be operate in a token for one domain: nodes are no domain's", "rights");
        var (token, secret) = await tokens.MakeAsync(asked.Name, domain, rights, context.RequestAborted);
        return TypedResults.Created((string?)null, new MadeAdminToken(AdminTokenModel.Of(token), secret));
    }

    /// <summary>Withdraw a token. It is good for a second more at most.</summary>
    /// <param name="token">Its id.</param>
    public static async Task<IResult> Withdraw(AccessTokens tokens, HttpContext context, string token)
    {
        if (!Guid.TryParseExact(token, "N", out var id))
            return ApiProblems.BadRequest("token must be the id of one: 32 hexadecimal digits", "token");
        return await tokens.WithdrawAsync(id, ApiCaller.Of(context).Domain, context.RequestAborted)
            ? TypedResults.NoContent()
            : ApiProblems.NotFound("there is no such token");
    }
}

/// <summary>Whom a call is made by.</summary>
/// <param name="Token">As whoever made the token called it; null for the admin token of the settings.</param>
/// <param name="Domain">The only domain it is for; null: for all, and the whole service.</param>
/// <param name="Rights">read, moderate, manage, operate.</param>
public sealed record CallerModel(string? Token, string? Domain, IReadOnlyList<string> Rights);

/// <summary>A token, without what lets anybody in.</summary>
/// <param name="Id">By which it is withdrawn.</param>
/// <param name="Name">As whoever made it called it; the audit log names it so.</param>
/// <param name="Domain">The only domain it is for; null: for all, and the whole service.</param>
/// <param name="Rights">read, moderate, manage, operate.</param>
/// <param name="Made">When.</param>
public sealed record AdminTokenModel(string Id, string Name, string? Domain, IReadOnlyList<string> Rights, DateTimeOffset Made)
{
    internal static AdminTokenModel Of(AccessToken token) =>
        new(token.Id.ToString("N"), token.Name, token.Domain?.ToString(), RightsText.Of(token.Rights), token.Made);
}

/// <summary>A token that was just made.</summary>
/// <param name="Token">As it is listed.</param>
/// <param name="Secret">To be said as the bearer token; told this once.</param>
public sealed record MadeAdminToken(AdminTokenModel Token, string Secret);

/// <summary>Body of `POST admin-tokens`.</summary>
/// <param name="Name">What it is for, or whose.</param>
/// <param name="Rights">`read` sees; `moderate` mutes, puts out, announces, and does in a room what its owner may; `manage` makes and removes rooms, accounts, domains and tokens; `operate` drains.</param>
/// <param name="Domain">The only domain it is for, `default` for the default domain; null: for all, and the whole service.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostAdminToken(
    [property: StringLength(AdminTokensApi.LongestName, MinimumLength = 1)] string Name, [property: RightsList] IReadOnlyList<string> Rights, string? Domain = null) : IRequestBody
{
    string IRequestBody.Told => $"name={Name} rights={string.Join(',', Rights ?? [])} domain={Domain ?? "(all)"}";
}
