using System.Text;
using Conference.Node.Web.Sdp;

namespace Conference.Node.Web;

/// <summary>An offer as it comes by HTTP: <c>Content-Type: application/sdp</c>.</summary>
internal static class OfferBody
{
    public const string Type = "application/sdp";

    /// <returns>The offer, or what is answered to a body that is none.</returns>
    public static async Task<(Offer? Offer, IResult? Problem)> ReadAsync(HttpRequest request)
    {
        if (!IsOf(request, Type))
            return (null, WebProblems.NotTyped(Type));
        try
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            return Offer.TryRead(await reader.ReadToEndAsync(request.HttpContext.RequestAborted), out var offer, out string problem)
                ? (offer, null)
                : (null, WebProblems.BadOffer(problem));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, WebProblems.TooLarge());
        }
        catch (BadHttpRequestException e)
        {
            return (null, WebProblems.Of(e.StatusCode, "the body did not come as it was announced"));
        }
    }

    /// <summary>Parameters such as a character set do not count.</summary>
    public static bool IsOf(HttpRequest request, string type) =>
        string.Equals((request.ContentType ?? "").Split(';', 2)[0].Trim(), type, StringComparison.OrdinalIgnoreCase);
}
