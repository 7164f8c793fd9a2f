namespace Conference.Node.Files;

internal static class ReloadingServices
{
    /// <summary>What <paramref name="paths"/> mean, as <see cref="Reloading{T}"/>; looked at now and then by <see cref="FileReloader"/>.</summary>
    public static void AddReloading<T>(
        this IServiceCollection services, string category, string[] paths, Func<byte[][], T> read, Action<ILogger, T> onReloaded, Action<ILogger, string> onBad)
        where T : class
    {
        services.AddSingleton(s =>
        {
            var log = s.GetRequiredService<ILoggerFactory>().CreateLogger(category);
            return new Reloading<T>(paths, read, value => onReloaded(log, value), e => onBad(log, e.Message));
        });
        services.AddSingleton<IReloading>(s => s.GetRequiredService<Reloading<T>>());
    }
}
