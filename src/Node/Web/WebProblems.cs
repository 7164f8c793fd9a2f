using Conference.Node.Web.Sdp;

namespace Conference.Node.Web;

/// <summary>Every refusal of what browsers ask for by HTTP, as RFC 9457 problem details.</summary>
internal static class WebProblems
{
    public static IResult ForeignOrigin() => Of(StatusCodes.Status403Forbidden, "a page of another site may not ask for this: its origin is not in Web:Origins");

    public static IResult NotASocket() => Of(StatusCodes.Status426UpgradeRequired, "here is a WebSocket: text frames with lines of QCVC");

    public static IResult NoSession() => Of(StatusCodes.Status404NotFound, "there is no session by this token");

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    public static IResult BadOffer(string detail) => Of(StatusCodes.Status400BadRequest, detail);

    public static IResult NoName(string field) => Of(StatusCodes.Status400BadRequest, $"{field} is not a name: at most 64 bytes of letters, digits and . _ - +");

    public static IResult NotTyped(string type) => Of(StatusCodes.Status415UnsupportedMediaType, $"the body must be of the type {type}");

    public static IResult TooLarge() => Of(StatusCodes.Status413PayloadTooLarge, $"the body must be at most {SdpSession.MaxLength} bytes");

    public static IResult TryAgain() => Of(StatusCodes.Status503ServiceUnavailable, "try again");

    public static IResult Of(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}
