using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Conference.Node.Api;

/// <summary><c>/api/docs</c>: a page to read the API's description on and to try calls from. It comes from the node, and so does all it loads.</summary>
internal static class ApiPage
{
    public static void MapApiPage(this WebApplication app) => app.MapScalarApiReference("/api/docs", (page, context) =>
    {
        string nonce = RandomNumberGenerator.GetHexString(32);
        // Its scripts make their style sheets as they run.
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        page.WithTitle("Conference operations API")
            .WithNonce(nonce)
            .WithOpenApiRoutePattern("/api/openapi.json")
            .WithFavicon("/console/icon.svg")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideClientButton()
            .HideDeveloperTools();
    });
}
