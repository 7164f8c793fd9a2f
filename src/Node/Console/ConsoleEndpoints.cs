using System.Collections.Frozen;
using Conference.Node.Console.Events;
using Conference.Node.Metrics;
using Prometheus;

namespace Conference.Node.Console;

/// <summary>
/// The console: one page, served as it lies in wwwroot. It holds nothing secret: what it shows, it asks the API for, with the token somebody
/// gave it.
/// </summary>
internal static class ConsoleEndpoints
{
    private const string Prefix = "console/";

    /// <summary>Own files only, no script but those, and no way for a text to become markup even by mistake.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly FrozenDictionary<string, ConsoleFile> _files = Read();

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        var frames = new EventFrames();
        return services
            .AddSingleton(frames)
            .AddSingleton(s => new ConsoleMetrics(s.GetRequiredService<IMetricFactory>(), () => frames.Viewers))
            .AddSingleton<IMetricsSource>(s => s.GetRequiredService<ConsoleMetrics>());
    }

    public static void MapConsole(this WebApplication app)
    {
        app.MapGet("/", (HttpContext context) => SendAsync(context, "index.html"));
        app.MapGet("/console/{**name}", (HttpContext context, string? name) => SendAsync(context, name ?? ""));
    }

    private static async Task SendAsync(HttpContext context, string name)
    {
        var (request, response) = (context.Request, context.Response);
        if (!_files.TryGetValue(name, out var file))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
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

    private static FrozenDictionary<string, ConsoleFile> Read()
    {
        var assembly = typeof(ConsoleEndpoints).Assembly;
        return assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            n => n[Prefix.Length..],
            n =>
            {
                using var stream = assembly.GetManifestResourceStream(n)!;
                byte[] content = new byte[stream.Length];
                stream.ReadExactly(content);
                return new ConsoleFile(n, content);
            });
    }
}
