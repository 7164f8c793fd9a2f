using Conference.Node.Pages;

namespace Conference.Node.Join;

/// <summary>The page people join a room by: <c>/join/{room}</c>. The room, the name and all else in its address is the page's own to read.</summary>
internal static class JoinEndpoints
{
    /// <summary>
    /// Own files only, as for the console. One script may be a worker, by a policy of its own that names no other; and the page may speak to the other nodes, to go on there when
    /// this one is gone.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' blob: mediastream:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types worker; connect-src 'self'";

    private static readonly PageFiles _files = new("join/");

    public static void MapJoin(this WebApplication app)
    {
        app.MapGet("/join/{room?}", (HttpContext context, OtherNodes others) => SendPageAsync(context, others));
        // No room can be called so.
        app.MapGet("/join/-/nodes", (HttpContext context, OtherNodes others) => SendNodesAsync(context, others));
        app.MapGet("/join/-/{**name}", (HttpContext context, string? name) => _files.SendAsync(context, name ?? "", ContentSecurityPolicy));
    }

    private static Task SendPageAsync(HttpContext context, OtherNodes others)
    {
        var sources = others.Origins().SelectMany(o => new[] { o, "ws" + o["http".Length..] });
        context.Response.Headers["Permissions-Policy"] = "camera=(self), microphone=(self), display-capture=(self)";
        return _files.SendAsync(context, "index.html", string.Join(' ', [ContentSecurityPolicy, .. sources]));
    }

    /// <summary>Those that the page's policy lets it speak to, and those that have come since.</summary>
    private static Task SendNodesAsync(HttpContext context, OtherNodes others)
    {
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(others.Origins());
    }
}
