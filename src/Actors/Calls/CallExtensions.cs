using Akka.Cluster.Hosting;
using Akka.Hosting;
using Conference.Actors.Cluster;

namespace Conference.Actors.Calls;

internal static class CallExtensions
{
    /// <summary>Ends the calls that dead nodes left open: one actor in the whole cluster.</summary>
    public static AkkaConfigurationBuilder WithOpenCalls(this AkkaConfigurationBuilder builder, ConferenceOptions options) => options.Calls is { } calls
        ? builder.WithSingleton<OpenCallsActor>("open-calls", (system, _, _) => OpenCallsActor.Props(calls, ClusterNodes.Of(system)), createProxyToo: false)
        : builder;
}
