using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Conference.Actors;
using Conference.Actors.Domains;
using Conference.Node.Api.Access;
using Conference.Node.SignIn.Tokens;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Node.Api;

/// <summary><c>domains</c>: customers, each with rooms and users of its own.</summary>
internal static class DomainsApi
{
    /// <summary>Of sessions, rooms and joins: more is no limit.</summary>
    public const int MostOfAKind = 1_000_000;

    public const int MostDays = 100_000;

    /// <summary>How long a removal is waited for. One that takes longer goes on.</summary>
    private static readonly TimeSpan _removed = TimeSpan.FromSeconds(10);

    /// <summary>How long this node may take to hear of a change that is stored.</summary>
    private static readonly TimeSpan _heard = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(10), _lookForEnd = TimeSpan.FromMilliseconds(200);

    public static void MapDomains(this RouteGroupBuilder api)
    {
        api.MapGet("/domains", List).WithName("listDomains").Needs(Rights.Read).Produces<Page<DomainModel>>().ProducesProblem(400);
        api.MapGet("/domains/{domain}", Read).WithName("readDomain").Needs(Rights.Read).WithMetadata(new InDomain()).Produces<DomainModel>().ProducesProblem(400).ProducesProblem(404);
        api.MapPut("/domains/{domain}", Put)
            .WithName("putDomain").Needs(Rights.Manage).Produces<DomainModel>().Produces<DomainModel>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(409);
        api.MapDelete("/domains/{domain}", Delete)
            .WithName("removeDomain").Needs(Rights.Manage).Produces(202).Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>Domains, by name: those that were made, those that `Qcvc:Domains` names, and the default domain, which is called `default`.</summary>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static IResult List(
        DomainTable domains, DomainUse use, string? after, [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        int most = limit ?? ApiContext.DefaultLimit;
        Domain[] found = [.. domains.All.Where(d => string.CompareOrdinal(d.ToString(), after) > 0).Take(most + 1)];
        return TypedResults.Ok(new Page<DomainModel>(
            [.. found.Take(most).Select(d => DomainModel.Of(d, domains, use))], found.Length > most ? found[most - 1].ToString() : null));
    }

    /// <summary>A domain and its rules.</summary>
    /// <param name="domain">A domain, in any of its forms, or another name for it; `default` for the default domain.</param>
    /// <response code="200">The domain.</response>
    public static IResult Read(DomainTable domains, DomainUse use, string domain)
    {
        if (domains.Named(domain) is not { } named)
            return ApiProblems.NoDomain();
        return domains.Has(named) || domains.RecordOf(named)?.Standing == DomainStanding.Removing
            ? TypedResults.Ok(DomainModel.Of(named, domains, use))
            : ApiProblems.NotFound("there is no such domain");
    }

    /// <summary>Make a domain, or give it these rules and no others.</summary>
    /// <remarks>Every node serves it within a second. Rules are replaced as a whole: what is left out, or null, is as the nodes' settings have it.</remarks>
    /// <param name="domain">A domain, in any of its forms; `default` for the default domain.</param>
    /// <response code="200">The domain has these rules.</response>
    /// <response code="201">The domain is made.</response>
    public static async Task<IResult> Put(ApiContext api, DomainTable domains, DomainUse use, AccessTokens tokens, DomainKeys keys, HttpContext context, string domain, PutDomain? rules)
    {
        if (domains.Named(domain) is not { } named)
            return ApiProblems.NoDomain();
        bool wasThere = domains.Has(named);
        // Nobody has a token for it who had one for another customer's of the same name.
        if (!wasThere)
            await WithdrawAsync(named, tokens, keys, context.RequestAborted);
        var answer = await api.AskDomainAsync<DomainAnswer>(new DomainCommands.Put(named, rules?.Rules ?? DomainRules.None, CommandId.New()));
        if (answer.Change == DomainChange.IsBeingRemoved)
            return ApiProblems.Conflict($"{named} is being removed: wait until it is gone");
        await IsHeardAsync(domains, named, answer.Version);
        await api.IsListedAsync(EntityIds.Domain(named), answer.Version);
        var model = DomainModel.Of(named, domains, use);
        return answer.Change == DomainChange.Made && !wasThere ? TypedResults.Created(new ApiDomain(named).Path, model) : TypedResults.Ok(model);
    }

    /// <summary>Remove a domain: its sessions end, its rooms close, its accounts and kept rooms go. Its tokens are good no more; its call records stay until their time.</summary>
    /// <param name="domain">A domain, in any of its forms.</param>
    /// <response code="202">It is served no more, and what was in it is being removed.</response>
    /// <response code="204">Nothing of it is left.</response>
    public static async Task<IResult> Delete(ApiContext api, DomainTable domains, AccessTokens tokens, DomainKeys keys, HttpContext context, string domain)
    {
        if (domains.Named(domain) is not { } named)
            return ApiProblems.NoDomain();
        if (domains.IsNamed(named))
            return ApiProblems.Conflict(named.IsDefault ? "the default domain stays" : $"{named} stands in Qcvc:Domains of this node: take it out of there first");
        var answer = await api.AskDomainAsync<DomainAnswer>(new DomainCommands.Remove(named, CommandId.New()));
        if (answer.Change == DomainChange.NotFound)
            return ApiProblems.NotFound("there is no such domain");
        await WithdrawAsync(named, tokens, keys, context.RequestAborted);
        await IsHeardAsync(domains, named, answer.Version);
        long asked = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(asked) < _removed)
        {
            if ((await api.AskDomainAsync<DomainRecord>(new DomainQueries.Read(named))).Standing != DomainStanding.Removing)
                return TypedResults.NoContent();
            await Task.Delay(_lookForEnd);
        }

        return TypedResults.Accepted((string?)null);
    }

    private static Task WithdrawAsync(Domain domain, AccessTokens tokens, DomainKeys keys, CancellationToken cancellationToken) =>
        Task.WhenAll(tokens.WithdrawAllAsync(domain, cancellationToken), keys.RemoveAsync(domain, cancellationToken));

    /// <summary>Whoever changed a domain finds it so at this node.</summary>
    private static async Task IsHeardAsync(DomainTable domains, Domain domain, long version)
    {
        for (long asked = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(asked) < _heard && !(domains.RecordOf(domain)?.Version >= version);)
            await Task.Delay(_look);
    }
}

/// <summary>One customer's part of the service.</summary>
/// <param name="Name">In its normal form; `default` for the default domain.</param>
/// <param name="Removing">It is served no more, and what was in it is being removed.</param>
/// <param name="Named">`Qcvc:Domains` of the node that answers names it: it cannot be removed.</param>
/// <param name="SignInRequired">Guests may look but not join, speak or list; null: as `Auth:Mode` has it.</param>
/// <param name="RoomsOnDemand">Any name may be entered as a room; null: as `Rooms:OnDemand` has it.</param>
/// <param name="MaxMembers">Sessions one room holds that is not kept; null: as `Rooms:MaxMembers` has it.</param>
/// <param name="Browsers">Browsers may join, WHIP and WHEP included; null: they may.</param>
/// <param name="MaxSessions">Sessions that are signed in, or in a room, at once; null: no limit.</param>
/// <param name="MaxRooms">Rooms with somebody in them at once; null: no limit.</param>
/// <param name="JoinsPerMinute">`CONN`s that are let in within any minute; null: no limit.</param>
/// <param name="KeepDays">How long call records are kept; null: as `Calls:KeepDays` has it.</param>
/// <param name="SingleUseTokens">Each token lets in one session, and needs a `jti`; null: as often as it is shown.</param>
/// <param name="Lobby">Whoever comes into a room that says nothing else waits until a moderator lets them in; null: nobody does.</param>
/// <param name="Use">What is in use of it.</param>
public sealed record DomainModel(
    string Name, bool Removing, bool Named, bool? SignInRequired, bool? RoomsOnDemand, int? MaxMembers, bool? Browsers, int? MaxSessions, int? MaxRooms,
    int? JoinsPerMinute, int? KeepDays, bool? SingleUseTokens, bool? Lobby, DomainUseModel Use)
{
    internal static DomainModel Of(Domain domain, DomainTable domains, DomainUse use)
    {
        var (rules, counts) = (domains.RulesOf(domain), use.Read(domain));
        return new DomainModel(
            domain.ToString(), !domains.Has(domain), domains.IsNamed(domain), rules.SignInRequired, rules.RoomsOnDemand, rules.MaxMembers, rules.Browsers,
            rules.MaxSessions, rules.MaxRooms, rules.JoinsPerMinute, rules.KeepDays, rules.SingleUseTokens, rules.Lobby, new DomainUseModel(counts.Sessions, counts.Rooms));
    }
}

/// <summary>What of a domain is in use, on all nodes: what has changed on others is known here a second later, and only of domains that have a ceiling.</summary>
/// <param name="Sessions">Sessions that are signed in, or have been in a room.</param>
/// <param name="Rooms">Rooms with somebody in them.</param>
public sealed record DomainUseModel(int Sessions, int Rooms);

/// <summary>Body of `PUT domains/{domain}`: all rules of a domain; may be left out.</summary>
/// <param name="SignInRequired">Guests may look but not join, speak or list; without it, as `Auth:Mode` has it.</param>
/// <param name="RoomsOnDemand">Any name may be entered as a room; without it, as `Rooms:OnDemand` has it.</param>
/// <param name="MaxMembers">Sessions one room holds that is not kept; without it, as `Rooms:MaxMembers` has it. It holds for rooms that open from then on.</param>
/// <param name="Browsers">Browsers may join, WHIP and WHEP included; without it, they may.</param>
/// <param name="MaxSessions">Sessions that are signed in, or in a room, at once; without it, no limit.</param>
/// <param name="MaxRooms">Rooms with somebody in them at once; without it, no limit.</param>
/// <param name="JoinsPerMinute">`CONN`s that are let in within any minute; without it, no limit.</param>
/// <param name="KeepDays">How long call records are kept after the call; without it, as `Calls:KeepDays` has it.</param>
/// <param name="SingleUseTokens">Each token lets in one session, and needs a `jti`; without it, as often as it is shown.</param>
/// <param name="Lobby">Whoever comes into a room that says nothing else waits until a moderator lets them in; without it, nobody does. It holds for rooms that open from then on.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutDomain(
    bool? SignInRequired = null, bool? RoomsOnDemand = null, [property: Range(1, RoomsApi.MostMembers)] int? MaxMembers = null, bool? Browsers = null,
    [property: Range(1, DomainsApi.MostOfAKind)] int? MaxSessions = null, [property: Range(1, DomainsApi.MostOfAKind)] int? MaxRooms = null,
    [property: Range(1, DomainsApi.MostOfAKind)] int? JoinsPerMinute = null, [property: Range(1, DomainsApi.MostDays)] int? KeepDays = null,
    bool? SingleUseTokens = null, bool? Lobby = null) : IRequestBody
{
    internal DomainRules Rules => new(SignInRequired, RoomsOnDemand, MaxMembers, Browsers, MaxSessions, MaxRooms, JoinsPerMinute, KeepDays, SingleUseTokens, Lobby);

    string IRequestBody.Told => string.Join(' ', new[]
    {
        Flag("signInRequired", SignInRequired), Flag("roomsOnDemand", RoomsOnDemand), Number("maxMembers", MaxMembers), Flag("browsers", Browsers),
        Number("maxSessions", MaxSessions), Number("maxRooms", MaxRooms), Number("joinsPerMinute", JoinsPerMinute), Number("keepDays", KeepDays),
        Flag("singleUseTokens", SingleUseTokens), Flag("lobby", Lobby),
    }.OfType<string>());

    private static string? Flag(string name, bool? value) => value is { } flag ? $"{name}={(flag ? "true" : "false")}" : null;

    private static string? Number(string name, int? value) => value is { } number ? string.Create(CultureInfo.InvariantCulture, $"{name}={number}") : null;
}
