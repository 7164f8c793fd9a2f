namespace Conference.Node.Figures;

/// <summary>What this node and the others say of themselves, for consoles.</summary>
public static class FigureServices
{
    /// <param name="services">Of the node.</param>
    /// <param name="sources">Called once the node has started, and again and again.</param>
    public static IServiceCollection AddFigures(this IServiceCollection services, Func<IServiceProvider, FigureSources> sources) => services
        .AddSingleton<Func<FigureSources>>(s => () => sources(s))
        .AddSingleton<LocalFigures>()
        .AddSingleton<PublishedFigures>()
        .AddSingleton<PeerFigures>()
        .AddSingleton<ClusterObserver>()
        .AddHostedService(s => s.GetRequiredService<ClusterObserver>());
}
