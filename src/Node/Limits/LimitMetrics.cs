using Prometheus;

namespace Conference.Node.Limits;

/// <summary>What this node takes at most.</summary>
internal static class LimitMetrics
{
    public static void Show(IMetricFactory metrics, DescriptorBudget descriptors)
    {
        metrics.CreateGauge("conference_descriptors_limit", "Descriptors (files, sockets) the process may have open.").Set(descriptors.Limit);
        metrics.CreateGauge("conference_sessions_limit", "Sessions this node takes: Qcvc:MaxSessions, or fewer where descriptors are few.").Set(descriptors.Sessions);
        metrics.CreateGauge("conference_ports_limit", "CONNs this node takes, by its descriptors.").Set(descriptors.Ports);
        metrics.CreateGauge("conference_http_connections_limit", "HTTP connections this node takes, by its descriptors.").Set(descriptors.HttpConnections);
    }
}
