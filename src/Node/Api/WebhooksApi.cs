using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Conference.Actors.Calls;
using Conference.Node.Api.Access;
using Conference.Node.Settings;
using Conference.Node.Store;
using Conference.Node.Webhooks;

namespace Conference.Node.Api;

/// <summary><c>webhooks</c>: where a domain's events are sent, and what became of that.</summary>
internal static partial class WebhooksApi
{
    /// <summary>In one domain.</summary>
    public const int Most = 20;

    public const int ShortestSecret = 16, LongestSecret = 256;

    private const string Waiting = "waiting", Delivered = "delivered", Dead = "dead";

    public static void MapWebhooks(this RouteGroupBuilder api, string suffix)
    {
        api.MapGet("/webhooks", List).WithName("listWebhooks" + suffix).Needs(Rights.Manage).Produces<WebhookList>().ProducesProblem(403);
        api.MapGet("/webhooks/{webhook}", Read).WithName("readWebhook" + suffix).Needs(Rights.Manage).Produces<WebhookModel>().ProducesProblem(403).ProducesProblem(404);
        api.MapPut("/webhooks/{webhook}", Put)
            .WithName("putWebhook" + suffix).Needs(Rights.Manage).Produces<StoredWebhook>().Produces<StoredWebhook>(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(409);
        api.MapDelete("/webhooks/{webhook}", Remove).WithName("removeWebhook" + suffix).Needs(Rights.Manage).Produces(204).ProducesProblem(403).ProducesProblem(404);
        api.MapGet("/webhooks/{webhook}/deliveries", ListDeliveries)
            .WithName("listDeliveries" + suffix).Needs(Rights.Manage).Produces<Page<DeliveryModel>>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);
        api.MapGet("/webhooks/{webhook}/deliveries/{delivery}", ReadDelivery)
            .WithName("readDelivery" + suffix).Needs(Rights.Manage).Produces<DeliveryModel>().ProducesProblem(403).ProducesProblem(404);
        api.MapPost("/webhooks/{webhook}/deliveries/{delivery}/replay", Replay)
            .WithName("replayDelivery" + suffix).Needs(Rights.Manage).Produces(202).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
    }

    /// <summary>Webhooks of a domain, by id. Their secrets are not told.</summary>
    /// <response code="200">All of them.</response>
    public static async Task<IResult> List(ApiDomain domain, ConferenceStore store, HttpContext context) => TypedResults.Ok(
        new WebhookList([.. (await WebhookTable.ListAsync(store, domain.Value, context.RequestAborted)).Select(WebhookModel.Of)]));

    /// <summary>One webhook. Its secret is not told.</summary>
    /// <param name="webhook">Its id.</param>
    /// <response code="200">The webhook.</response>
    public static async Task<IResult> Read(ApiDomain domain, ConferenceStore store, HttpContext context, string webhook) =>
        await WebhookTable.FindAsync(store, domain.Value, webhook, context.RequestAborted) is { } found ? TypedResults.Ok(WebhookModel.Of(found)) : NoWebhook();

    /// <summary>Make a webhook, or give it these settings.</summary>
    /// <remarks>It is told of what happens from then on. Without a secret one is made, and told this once; a webhook that is there keeps the one it has. While it is not `enabled`
    /// nothing new is queued for it, and what waits goes on waiting.</remarks>
    /// <param name="webhook">Its id: 1 to 64 letters, digits, `.`, `_` and `-`.</param>
    /// <response code="200">The webhook has these settings.</response>
    /// <response code="201">The webhook is made.</response>
    public static async Task<IResult> Put(
        ApiDomain domain, ConferenceStore store, NodeSettings settings, TimeProvider time, HttpContext context, string webhook, PutWebhook wanted)
    {
        if (!Id().IsMatch(webhook))
            return ApiProblems.BadRequest("webhook must be an id: 1 to 64 letters, digits, . _ and -", "webhook");
        if (!WebhookKindsText.TryParse(wanted.Kinds, out var kinds))
            return ApiProblems.BadRequest($"kinds must be {WebhookKindsText.Must}", "kinds");
        if (wanted.Secret?.Any(c => c is < '!' or > '~') is true)
            return ApiProblems.BadRequest("secret must be printable ASCII without spaces", "secret");
        if (await WebhookUrl.RefuseAsync(wanted.Url, settings.Webhooks.AllowPrivate, context.RequestAborted) is { } why)
            return ApiProblems.BadRequest(why, "url");
        string made = Webhook.MakeSecret();
        Webhook Change(Webhook? before) => new(
            domain.Value, webhook, wanted.Url, wanted.Secret ?? before?.Secret ?? made, kinds, wanted.Enabled, before?.Made ?? time.GetUtcNow());
        var (before, isStored) = await WebhookTable.PutAsync(store, Change, domain.Value, webhook, Most, context.RequestAborted);
        if (!isStored)
            return ApiProblems.Conflict(string.Create(CultureInfo.InvariantCulture, $"a domain has at most {Most} webhooks"));
        var answer = new StoredWebhook(WebhookModel.Of(Change(before)), before is null && wanted.Secret is null ? made : null);
        return before is null ? TypedResults.Created($"{domain.Path}/webhooks/{webhook}", answer) : TypedResults.Ok(answer);
    }

    /// <summary>Remove a webhook, with all that waits for it and what was given up.</summary>
    /// <param name="webhook">Its id.</param>
    public static async Task<IResult> Remove(ApiDomain domain, ConferenceStore store, HttpContext context, string webhook) =>
        await WebhookTable.RemoveAsync(store, domain.Value, webhook, context.RequestAborted) ? TypedResults.NoContent() : NoWebhook();

    /// <summary>What is, or was, to be delivered, the latest event first.</summary>
    /// <param name="webhook">Its id.</param>
    /// <param name="state">Only those that stand so.</param>
    /// <param name="after">`next` of the page before.</param>
    /// <param name="limit">At most so many.</param>
    /// <response code="200">A page.</response>
    public static async Task<IResult> ListDeliveries(
        ApiDomain domain, ConferenceStore store, HttpContext context, string webhook, [AllowedValues(Waiting, Delivered, Dead)] string? state, string? after,
        [Range(1, ApiContext.MaxLimit), DefaultValue(ApiContext.DefaultLimit)] int? limit)
    {
        var before = new DeliveryPlace(long.MaxValue, 0);
        if (after is not null)
        {
            if (after.Split('-') is not [var ordering, var part] || !long.TryParse(ordering, NumberStyles.None, CultureInfo.InvariantCulture, out long place)
                || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                return ApiProblems.NoCursor();
            }

            before = new DeliveryPlace(place, number);
        }

        if (await WebhookTable.FindAsync(store, domain.Value, webhook, context.RequestAborted) is null)
            return NoWebhook();
        int most = limit ?? ApiContext.DefaultLimit;
        var found = await DeliveryTable.ListAsync(store, domain.Value, webhook, StateOf(state), before, most + 1, context.RequestAborted);
        string? next = found.Count > most ? string.Create(CultureInfo.InvariantCulture, $"{found[most - 1].Place.Ordering}-{found[most - 1].Place.Part}") : null;
        return TypedResults.Ok(new Page<DeliveryModel>([.. found.Take(most).Select(DeliveryModel.Of)], next));
    }

    /// <summary>One delivery, with what is sent.</summary>
    /// <param name="webhook">Its id.</param>
    /// <param name="delivery">The id of the event.</param>
    /// <response code="200">The delivery.</response>
    public static async Task<IResult> ReadDelivery(ApiDomain domain, ConferenceStore store, HttpContext context, string webhook, string delivery) =>
        await DeliveryTable.FindAsync(store, domain.Value, webhook, delivery, context.RequestAborted) is { } found ? TypedResults.Ok(DeliveryModel.Of(found)) : NoDelivery();

    /// <summary>Send an event again that was delivered, or given up. The room's other events do not wait for it.</summary>
    /// <param name="webhook">Its id.</param>
    /// <param name="delivery">The id of the event.</param>
    /// <response code="202">It waits to be sent.</response>
    public static async Task<IResult> Replay(ApiDomain domain, ConferenceStore store, TimeProvider time, HttpContext context, string webhook, string delivery)
    {
        if (await DeliveryTable.ReplayAsync(store, domain.Value, webhook, delivery, CallCursor.Micros(time.GetUtcNow()), context.RequestAborted))
            return TypedResults.Accepted((string?)null);
        return await DeliveryTable.FindAsync(store, domain.Value, webhook, delivery, context.RequestAborted) is null ? NoDelivery() : ApiProblems.Conflict("it waits to be sent anyway");
    }

    internal static string WordOf(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => Waiting,
        DeliveryState.Delivered => Delivered,
        _ => Dead,
    };

    private static DeliveryState? StateOf(string? word) => word switch
    {
        Waiting => DeliveryState.Waiting,
        Delivered => DeliveryState.Delivered,
        Dead => DeliveryState.Dead,
        _ => null,
    };

    private static IResult NoWebhook() => ApiProblems.NotFound("there is no such webhook");

    private static IResult NoDelivery() => ApiProblems.NotFound("there is no such delivery");

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex Id();
}

/// <summary>All webhooks of a domain.</summary>
/// <param name="Items">By id.</param>
public sealed record WebhookList(IReadOnlyList<WebhookModel> Items);

/// <summary>A webhook, without its secret.</summary>
/// <param name="Id">Unique in its domain.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Kinds">What it is told of.</param>
/// <param name="Enabled">While it is not, nothing new is queued and nothing is sent.</param>
/// <param name="Made">When.</param>
public sealed record WebhookModel(string Id, string Url, IReadOnlyList<string> Kinds, bool Enabled, DateTimeOffset Made)
{
    internal static WebhookModel Of(Webhook webhook) => new(webhook.Id, webhook.Url, WebhookKindsText.Of(webhook.Kinds), webhook.Enabled, webhook.Made);
}

/// <summary>A webhook that was just stored.</summary>
/// <param name="Webhook">As it is listed.</param>
/// <param name="Secret">With which what is sent is signed, where it was made here: told this once. Null otherwise.</param>
public sealed record StoredWebhook(WebhookModel Webhook, string? Secret);

/// <summary>Body of `PUT webhooks/{webhook}`: all settings of a webhook.</summary>
/// <param name="Url">Where events are sent, by http or https; to a public address, but where `Webhooks:AllowPrivate` has it otherwise.</param>
/// <param name="Kinds">What it is to be told of: `room.opened`, `room.closed`, `member.joined`, `member.left`, `member.waiting`, `member.putout`, `member.muted`, `member.unmuted`, `recording.began`, `recording.ended`.</param>
/// <param name="Secret">With which what is sent is signed; without it, the one it has, or one that is made.</param>
/// <param name="Enabled">While it is not, nothing new is queued and nothing is sent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PutWebhook(
    [property: StringLength(WebhookUrl.Longest, MinimumLength = 1), Required] string Url, [property: WebhookKindsList, Required] IReadOnlyList<string> Kinds,
    [property: StringLength(WebhooksApi.LongestSecret, MinimumLength = WebhooksApi.ShortestSecret)] string? Secret = null, bool Enabled = true) : IRequestBody
{
    // A URL may hold a secret, too.
    string IRequestBody.Told => $"kinds={string.Join(',', Kinds ?? [])} enabled={(Enabled ? "true" : "false")}";

    public override string ToString() => nameof(PutWebhook);
}

/// <summary>One event for one webhook.</summary>
/// <param name="Id">Of the event.</param>
/// <param name="State">How it stands.</param>
/// <param name="Event">What is sent.</param>
/// <param name="Queued">Since when it waits, or waited.</param>
/// <param name="Due">When it is tried next, where nothing before it holds it back; null where it waits no more.</param>
/// <param name="Attempts">How often it was sent, since it was queued or replayed.</param>
/// <param name="Status">What the last was answered; null where nothing was.</param>
/// <param name="Reason">Why the last failed; null where it did not.</param>
/// <param name="Done">When it was delivered or given up; null while it waits.</param>
public sealed record DeliveryModel(
    [property: RegularExpression("^[0-9a-f]{32}$")] string Id, [property: AllowedValues("waiting", "delivered", "dead")] string State, WebhookEvent Event,
    DateTimeOffset Queued, DateTimeOffset? Due, int Attempts, int? Status, string? Reason, DateTimeOffset? Done)
{
    internal static DeliveryModel Of(DeliveryRow row) => new(
        row.Id, WebhooksApi.WordOf(row.State), WebhookEvent.OfJson(row.Body), row.Queued, row.Due, row.Attempts, row.Status, row.Reason, row.Done);
}
