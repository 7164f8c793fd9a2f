using Conference.Node.Metrics;

namespace Conference.Node.Api;

/// <summary>What operators and their machines look at: health and metrics.</summary>
internal static class OperationsEndpoints
{
    public static void MapOperations(this WebApplication app)
    {
        // Liveness is the process's alone: it never depends on anything outside.
        app.MapGet("/health/live", () => Results.Text("live\n"));
        app.MapGet("/health/ready", (NodeHost node) =>
            node.IsReady ? Results.Text("ready\n") : Results.Text("not ready\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        app.MapNodeMetrics();
    }
}
