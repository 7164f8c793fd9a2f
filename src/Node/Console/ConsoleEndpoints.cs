using Conference.Node.Console.Events;
using Conference.Node.Metrics;
using Conference.Node.Pages;
using Prometheus;

namespace Conference.Node.Console;

/// <summary>
/// The console: one page, served as it lies in wwwroot. It holds nothing secret: what it shows, it asks the API for, with the token somebody
/// gave it.
/// </summary>
internal static class ConsoleEndpoints
{
    /// <summary>Own files only, no script but those, and no way for a text to become markup even by mistake.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly PageFiles _files = new("console/");

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
        app.MapGet("/", (HttpContext context) => _files.SendAsync(context, "index.html", ContentSecurityPolicy));
        app.MapGet("/console/{**name}", (HttpContext context, string? name) => _files.SendAsync(context, name ?? "", ContentSecurityPolicy));
    }
}
