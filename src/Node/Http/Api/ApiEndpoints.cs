using Conference.Actors.Persistence;
using Conference.Actors.Remoting;
using Conference.Actors.Runtime;

namespace Conference.Node.Http.Api;

/// <summary>The operations API: <c>/api/v1/...</c>, behind the admin token on every address.</summary>
internal static class ApiEndpoints
{
    public const int MaxBodyBytes = 16 * 1024;

    public static void MapApi(this WebApplication app)
    {
        app.MapGet("/api/openapi.json", () => Results.Text(OpenApiDocument.Json, "application/json"));
        var api = app.MapGroup("/api/v1").AddEndpointFilter(AnswerTryAgain);
        api.MapNodes();
        api.MapRooms();
        api.MapUsers();
        api.MapCalls();
        api.MapDrain();
        api.MapFigures();
        api.MapEvents();
    }

    /// <summary>A store that is away, or a node that does not answer: nothing was acknowledged, and the operator may try again. Or one that cannot.</summary>
    private static async ValueTask<object?> AnswerTryAgain(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (e is AskTimeoutException or JournalException)
        {
            return ApiProblems.TryAgain();
        }
        catch (RemoteFailureException e)
        {
            return ApiProblems.BadGateway(e.Message);
        }
    }
}
