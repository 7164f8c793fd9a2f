using Conference.Node.Draining;
using Conference.Node.Telemetry;

namespace Conference.Node.Http;

/// <summary>What operators and their machines look at: health and metrics.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        // Liveness is the process's alone: it never depends on anything outside.
        app.MapGet("/health/live", () => Results.Text("live\n"));
        app.MapGet("/health/ready", (ConferenceHost conference, Drain drain) =>
            conference.IsReady && !drain.IsGoingOn ? Results.Text("ready\n") : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/metrics", (MetricsRegistry metrics) => Results.Text(metrics.Scrape(), PrometheusExporter.ContentType));
    }
}
