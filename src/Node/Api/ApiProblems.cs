using Conference.Protocol.Addresses;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Conference.Node.Api;

/// <summary>Every error of the API, as RFC 9457 problem details.</summary>
internal static class ApiProblems
{
    /// <summary>The member of a problem that names what is wrong.</summary>
    public const string Field = "field";

    /// <param name="detail">What it must be.</param>
    /// <param name="field">The parameter or the field of the body that is wrong; null where none is to blame alone.</param>
    public static IResult BadRequest(string detail, string? field = null) => TypedResults.Problem(
        detail, statusCode: StatusCodes.Status400BadRequest, extensions: field is null ? null : [new(Field, field)]);

    /// <param name="field">Where it stands.</param>
    public static IResult NoName(string field) =>
        BadRequest($"{field} must be a name: at most {Name.MaxBytes} bytes of letters, digits and . _ - + with a letter or digit at either end", field);

    /// <param name="field">Where it stands.</param>
    public static IResult ReservedName(string field) => BadRequest($"{field} must not be the operator's, nor begin with guest-", field);

    public static IResult NoDomain() => BadRequest(
        $"domain must be a domain: at most {Domain.MaxLength} characters of labels with letters, digits, - and _ between dots, and no address", ApiDomain.Parameter);

    /// <summary>A cursor is what the page before said.</summary>
    public static IResult NoCursor() => BadRequest("after must be what next of the page before said", "after");

    /// <summary>What the server refuses by itself: a body that is too large, or of another type.</summary>
    public static IResult Refused(int status) => Problem(status, Explain(status, "") ?? "the request is not what it must be");

    public static IResult Encoded() => Problem(StatusCodes.Status415UnsupportedMediaType, "the body must be as it is, without a Content-Encoding");

    /// <summary>What is wrong where nobody has said so: the framework refuses by the number alone.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        if (context.HttpContext.Request.Path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase))
            context.ProblemDetails.Detail ??= Explain(context.HttpContext.Response.StatusCode, context.HttpContext.Response.Headers.Allow.ToString());
    }

    private static string? Explain(int status, string allowed) => status switch
    {
        StatusCodes.Status404NotFound => "there is no such call: /api/docs says which there are",
        StatusCodes.Status405MethodNotAllowed => $"the method must be one of {allowed}",
        StatusCodes.Status413PayloadTooLarge => $"the body must be at most {ApiEndpoints.MaxBodyBytes} bytes",
        StatusCodes.Status415UnsupportedMediaType => "the body must be JSON: Content-Type: application/json",
        _ => null,
    };

    public static IResult Unauthorized(string detail) => Problem(StatusCodes.Status401Unauthorized, detail);

    public static IResult Forbidden(string detail) => Problem(StatusCodes.Status403Forbidden, detail);

    public static IResult NotFound(string detail) => Problem(StatusCodes.Status404NotFound, detail);

    public static IResult Conflict(string detail) => Problem(StatusCodes.Status409Conflict, detail);

    public static IResult TooManyRequests(string detail) => Problem(StatusCodes.Status429TooManyRequests, detail);

    public static IResult TryAgain() => Problem(StatusCodes.Status503ServiceUnavailable, "try again");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
