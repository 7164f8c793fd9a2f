using System.Text.Json.Serialization;
using Akka.Actor;
using Conference.Actors;
using Conference.Actors.Calls;
using Conference.Node.Api.Access;
using Conference.Node.Audit;
using Conference.Node.Settings;

namespace Conference.Node.Api;

/// <summary>The operations API: <c>/api/v1/...</c>, behind the admin token, or one that was made with it, on every address.</summary>
internal static class ApiEndpoints
{
    public const int MaxBodyBytes = 16 * 1024;

    public static IServiceCollection AddApi(this IServiceCollection services, HttpSettings http) => services
        .AddSingleton(new AdminToken(http.AdminToken))
        .AddSingleton<CrossSiteGate>()
        .AddSingleton<AccessTokens>()
        .AddSingleton<AdminGate>()
        .AddSingleton<ClusterNames>()
        .AddSingleton<ApiContext>()
        .AddSingleton<AuditTrail>()
        .AddHostedService(s => s.GetRequiredService<AuditTrail>())
        .AddProblemDetails(o => o.CustomizeProblemDetails = ApiProblems.Complete)
        // With its name: doc comments reach only calls of AddOpenApi of a form that the package's generator takes for one.
        .AddOpenApi(ApiDescription.Document, ApiDescription.Configure)
        .ConfigureHttpJsonOptions(o =>
        {
            // Bodies are flat; the description of what is answered is not.
            o.SerializerOptions.MaxDepth = 16;
            o.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            // Names are as they are described, and stand once.
            o.SerializerOptions.PropertyNameCaseInsensitive = false;
            o.SerializerOptions.AllowDuplicateProperties = false;
        })
        // What is wrong with a body is told by InputRules, which learns it from the exception.
        .Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);

    public static void MapApi(this WebApplication app)
    {
        app.MapApiDescription();
        app.MapApiPage();
        var api = app.MapGroup("/api/v1").AddEndpointFilter<AuditFilter>().AddEndpointFilter(CallRule.CheckAsync).AddEndpointFilter(AnswerTryAgain).AddEndpointFilter(InputRules.CheckBodyAsync).ProducesProblem(401).ProducesProblem(429).ProducesProblem(503);
        ((IEndpointConventionBuilder)api).Add(InputRules.AddTo);
        api.MapGroup("").WithTags("Nodes").MapNodes();
        MapTenant(api.MapGroup(""), "");
        api.MapGroup("").WithTags("Domains").MapDomains();
        MapTenant(api.MapGroup($"/domains/{{{ApiDomain.Parameter}}}"), "InDomain");
        api.MapGroup("").WithTags("Admin tokens").WithMetadata(new OwnDomainOnly()).MapAdminTokens();
        api.MapGroup("").WithTags("Audit").MapAudit();
        api.MapGroup("").WithTags("Drains").MapDrain();
        api.MapGroup("").WithTags("Figures").MapStatistics();
        api.MapGroup("").WithTags("Events").MapEvents();
    }

    /// <summary>What each domain has. Without one, the default domain is meant.</summary>
    /// <param name="api">Where.</param>
    /// <param name="suffix">Behind the names of the calls.</param>
    private static void MapTenant(RouteGroupBuilder api, string suffix)
    {
        api.WithMetadata(new InDomain());
        var present = api.MapGroup("").AddEndpointFilter(ApiDomain.CheckIsThereAsync);
        present.MapGroup("").WithTags("Rooms").MapRooms(suffix);
        present.MapGroup("").WithTags("Users").MapUsers(suffix);
        present.MapGroup("").WithTags("Join tokens").MapJoinTokens(suffix);
        present.MapGroup("").WithTags("Keys").MapDomainKeys(suffix);
        present.MapGroup("").WithTags("Webhooks").MapWebhooks(suffix);
        // Whoever billed a customer that has gone finds it here.
        var past = api.MapGroup("").AddEndpointFilter(ApiDomain.CheckAsync);
        past.MapGroup("").WithTags("Calls").MapCalls(suffix);
        past.MapGroup("").WithTags("Usage").MapUsage(suffix);
    }

    /// <summary>A store that is away, or somebody who does not answer: nothing was acknowledged, and the operator may try again.</summary>
    private static async ValueTask<object?> AnswerTryAgain(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (e is AskTimeoutException or UnavailableException or StoreUnavailableException)
        {
            return ApiProblems.TryAgain();
        }
    }
}
