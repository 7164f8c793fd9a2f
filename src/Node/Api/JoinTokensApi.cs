using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Conference.Node.Api.Access;
using Conference.Node.SignIn.Tokens;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary><c>tokens</c>: what lets one person in, for customers who have no issuer of their own.</summary>
internal static class JoinTokensApi
{
    public const int DefaultMinutes = 60;

    public static void MapJoinTokens(this RouteGroupBuilder api, string suffix) =>
        api.MapPost("/tokens", Make).WithName("makeJoinToken" + suffix).Needs(Rights.Manage).Produces<JoinTokenModel>(201).ProducesProblem(400).ProducesProblem(403);

    /// <summary>Make a token that lets one person in, by `AUTH BEARER` or the link `/join/{room}?token=...`.</summary>
    /// <remarks>It is kept nowhere, and cannot be withdrawn: let it live for minutes. It lets in as often as it is shown, but where the domain's rule `singleUseTokens` says that
    /// each token is good for one session. All of them are void once the domain is removed.</remarks>
    /// <response code="201">It is made.</response>
    public static async Task<IResult> Make(ApiDomain domain, JoinTokens tokens, HttpContext context, PostJoinToken asked)
    {
        if (!Name.TryParse(asked.Name, domain.Value, out var who))
            return ApiProblems.NoName("name");
        if (who.IsReserved)
            return ApiProblems.ReservedName("name");
        Name? room = null;
        if (asked.Room is not null)
        {
            if (!Name.TryParse(asked.Room, domain.Value, out var only))
                return ApiProblems.NoName("room");
            room = only;
        }

        var (token, until) = await tokens.MakeAsync(who, room, asked.Publish ?? true, TimeSpan.FromMinutes(asked.Minutes ?? DefaultMinutes), context.RequestAborted);
        return TypedResults.Created((string?)null, new JoinTokenModel(token, until));
    }
}

/// <summary>A token that was just made.</summary>
/// <param name="Token">To be said as `AUTH BEARER`, or shown to the page; told this once.</param>
/// <param name="Until">When it expires. Who has come in by it is put out then, unless another token was shown meanwhile.</param>
public sealed record JoinTokenModel(string Token, DateTimeOffset Until);

/// <summary>Body of `POST tokens`.</summary>
/// <param name="Name">As whom it lets in.</param>
/// <param name="Room">The only room it is for; null: for all of the domain.</param>
/// <param name="Publish">May be seen and heard; false: watches and chats. Null: true.</param>
/// <param name="Minutes">How long it is good for. Null: 60.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PostJoinToken(string Name, string? Room = null, bool? Publish = null, [property: Range(1, JoinTokens.MostMinutes)] int? Minutes = null) : IRequestBody
{
    string IRequestBody.Told => $"name={Name} room={Room ?? "(all)"} publish={(Publish is false ? "false" : "true")} minutes={Minutes ?? JoinTokensApi.DefaultMinutes}";
}
