namespace Conference.Node.Statistics;

/// <summary>What this node and the others say of themselves, for consoles.</summary>
public static class StatisticsServices
{
    /// <param name="services">Of the node.</param>
    /// <param name="sources">Called once the node has started, and again and again.</param>
    public static IServiceCollection AddStatistics(this IServiceCollection services, Func<IServiceProvider, StatisticsSources> sources) => services
        .AddSingleton<Func<StatisticsSources>>(s => () => sources(s))
        .AddSingleton<LocalStatistics>()
        .AddSingleton<PublishedStatistics>()
        .AddSingleton<PeerStatistics>()
        .AddSingleton<ClusterObserver>()
        .AddHostedService(s => s.GetRequiredService<ClusterObserver>());
}
