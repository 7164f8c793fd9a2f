using Microsoft.AspNetCore.Http.HttpResults;

namespace Conference.Node.Api;

/// <summary>Every error of the API, as RFC 9457 problem details.</summary>
internal static class ApiProblems
{
    public static IResult BadRequest(string detail) => Problem(StatusCodes.Status400BadRequest, detail);

    public static IResult Unauthorized(string detail) => Problem(StatusCodes.Status401Unauthorized, detail);

    public static IResult Forbidden(string detail) => Problem(StatusCodes.Status403Forbidden, detail);

    public static IResult NotFound(string detail) => Problem(StatusCodes.Status404NotFound, detail);

    public static IResult Conflict(string detail) => Problem(StatusCodes.Status409Conflict, detail);

    public static IResult TooManyRequests(string detail) => Problem(StatusCodes.Status429TooManyRequests, detail);

    public static IResult TryAgain() => Problem(StatusCodes.Status503ServiceUnavailable, "try again");

    /// <summary>What the framework refuses by itself (a body that is no JSON, a date that is none) gets a word of explanation too.</summary>
    public static void Explain(ProblemDetailsContext context)
    {
        if (context.ProblemDetails is { Status: StatusCodes.Status400BadRequest, Detail: null } problem)
            problem.Detail = "a parameter or the body is not what it must be: see /api/openapi.json";
    }

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
