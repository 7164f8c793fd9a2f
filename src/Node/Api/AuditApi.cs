using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Conference.Actors.Domains;
using Conference.Node.Api.Access;
using Conference.Node.Audit;
using Conference.Protocol.Addresses;

namespace Conference.Node.Api;

/// <summary><c>audit</c>: what operators did; the latest first.</summary>
internal static class AuditApi
{
    public static void MapAudit(this RouteGroupBuilder api) =>
        api.MapGet("/audit", List).WithName("listAudit").Needs(Rights.Read).Produces<Page<AuditModel>>().ProducesProblem(400);

    /// <summary>What operators did by this API, on any node, the latest first.</summary>
    /// <remarks>A caller that sends a name in the header `Conference-Operator` is told apart by it.</remarks>
    /// <param name="domain">Only what was done in this domain, or to it; `default` for the default domain. It is the one of `room` and `user`.</param>
    /// <param name="room">Only what was done to this room.</param>
    /// <param name="user">Only what was done to this user.</param>
    /// <param name="from">Done at or after.</param>
    /// <param name="to">Done before.</param>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> List(
        AuditTrail trail, DomainTable domains, string? domain, string? room, string? user, DateTimeOffset? from, DateTimeOffset? to, string? after,
        [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        var asked = domain is null ? null : domains.Named(domain);
        if (domain is not null && asked is null)
            return ApiProblems.NoDomain();
        Name roomName = default, userName = default;
        if (room is not null && !Name.TryParse(room, asked ?? default, out roomName))
            return ApiProblems.NoName("room");
        if (user is not null && !Name.TryParse(user, asked ?? default, out userName))
            return ApiProblems.NoName("user");
        try
        {
            var page = await trail.QueryAsync(new AuditQuery
            {
                Domain = asked,
                Room = room is null ? null : roomName,
                User = user is null ? null : userName,
                From = from,
                To = to,
                After = after,
                Limit = limit ?? ApiContext.DefaultLimit,
            });
            return TypedResults.Ok(new Page<AuditModel>([.. page.Entries.Select(AuditModel.Of)], page.Next));
        }
        catch (FormatException)
        {
            return ApiProblems.NoCursor();
        }
    }
}

/// <summary>An act of an operator.</summary>
/// <param name="Id">Of the entry; its log line has the same.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Operator">As the caller called itself in `Conference-Operator`; `admin` where it did not.</param>
/// <param name="Token">The name of the token it was done with; null for `Http:AdminToken`.</param>
/// <param name="From">The address it was asked from.</param>
/// <param name="Node">The node that was asked.</param>
/// <param name="Act">The `operationId`.</param>
/// <param name="Room">Done to this room; with its domain behind an `@`, where that is not the default domain.</param>
/// <param name="RoomId">What log lines call the room.</param>
/// <param name="User">Done to this user.</param>
/// <param name="UserId">What log lines call the user.</param>
/// <param name="OnNode">Done to this node, by its id or name.</param>
/// <param name="Details">Settings that were given; never a secret.</param>
/// <param name="Status">The HTTP status of the answer.</param>
/// <param name="Domain">Done in this domain, or to it; null for the default domain.</param>
/// <param name="Result">What came of it; `unknown` where nobody answered whether it was done.</param>
public sealed record AuditModel(
    Guid Id, DateTimeOffset At, string Operator, string? Token, string From, string Node, string Act, string? Room, string? RoomId, string? User, string? UserId,
    string? OnNode, string? Domain, string Details, int Status, [property: AllowedValues("done", "not found", "unknown", "failed", "refused")] string Result)
{
    internal static AuditModel Of(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Operator, entry.Token, entry.From, entry.Node, entry.Act, entry.Room?.ToString(), entry.RoomId, entry.User?.ToString(), entry.UserId,
        entry.OnNode, entry.Domain?.ToString(), entry.Details, entry.Status, entry.Result);
}
