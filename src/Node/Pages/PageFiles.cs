using System.Collections.Frozen;

namespace Conference.Node.Pages;

/// <summary>The files of one page, as they lie in its wwwroot.</summary>
/// <param name="prefix">Of their names in the assembly: <c>console/</c>.</param>
internal sealed class PageFiles(string prefix)
{
    private readonly FrozenDictionary<string, PageFile> _files = Read(prefix);

    /// <summary>Answers with one of them: 404 where there is none of that name, 304 where the browser has it.</summary>
    public async Task SendAsync(HttpContext context, string name, string contentSecurityPolicy)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_files.TryGetValue(name, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.Headers.ContentSecurityPolicy = contentSecurityPolicy;
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Kept, and asked about every time: a node that was upgraded shows its own page.
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ETag = file.ETag;
        if (request.Headers.IfNoneMatch.ToString().Contains(file.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (bytes, encoding) = file.Encode(request.Headers.AcceptEncoding.ToString());
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        if (encoding is not null)
            response.Headers.ContentEncoding = encoding;
        await response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }

    private static FrozenDictionary<string, PageFile> Read(string prefix)
    {
        var assembly = typeof(PageFiles).Assembly;
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            n => n[prefix.Length..],
            n =>
            {
                using var stream = assembly.GetManifestResourceStream(n)!;
                byte[] content = new byte[stream.Length];
                stream.ReadExactly(content);
                return new PageFile(n, content);
            });
    }
}
