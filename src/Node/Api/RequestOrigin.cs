namespace Conference.Node.Api;

/// <summary>Whether a page of another site made a browser send a request. Clients that are no browsers say neither of the headers that tell.</summary>
internal static class RequestOrigin
{
    /// <summary>It is of this node's own page, or of no page.</summary>
    public static bool IsOwn(HttpRequest request)
    {
        // What the browser itself says of it is true even behind a proxy that changes Host; it says so only over TLS or to this machine.
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, Authority(request), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As a browser writes it in an origin: without the port that goes without saying.</summary>
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"http://{request.Host.Value}", UriKind.Absolute, out var uri) ? uri.Authority : "";
}
