namespace Conference.Node.Files;

internal static class ReloadingServices
{
    /// <summary>A <see cref="Reloading{T}"/> of these files, which <see cref="FileReloader"/> looks at.</summary>
    /// <param name="services">Where it is put.</param>
    /// <param name="category">Of what is logged.</param>
    /// <param name="paths">The files.</param>
    /// <param name="read">What they mean.</param>
    /// <param name="onReloaded">Logs that something new was read.</param>
    /// <param name="onBad">Logs that something new could not be, and why.</param>
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
