using Conference.Actors.Domains;
using Conference.Actors.Sessions;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Files;
using Conference.Node.Qcvc.Tls;
using Conference.Node.Settings;
using Conference.Node.Metrics;
using Conference.Node.Store;
using Prometheus;

namespace Conference.Node.SignIn;

/// <summary>Sign-in and TLS, put together from the settings. The files were read once already, to check them; one that has gone bad since stops the start.</summary>
internal static class AuthServices
{
    private const string Category = "Conference.Node.SignIn";

    public static IServiceCollection AddSignIn(this IServiceCollection services, AuthSettings auth, TlsSettings? tls)
    {
        services.AddSingleton(_ => new PasswordHasher());
        services.AddSingleton(s => new PasswordWorkers(s.GetRequiredService<PasswordHasher>(), Environment.ProcessorCount));
        if (auth.JwtKey is { } setting && KeyReader.IsPath(setting))
            services.AddReloading(Category, [setting], files => KeyReader.ReadFile(files[0]), AuthLog.KeysReloaded, AuthLog.KeysBad);
        if (auth.Authority is { } authority)
        {
            services.AddSingleton(s => new Issuer(authority, Log(s)));
            services.AddHostedService(s => s.GetRequiredService<Issuer>());
        }

        services.AddSingleton<DomainKeys>();
        services.AddSingleton<JoinTokens>();
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<IMetricsSource>(s =>
        {
            var (workers, throttle) = (s.GetRequiredService<PasswordWorkers>(), s.GetRequiredService<SignInThrottle>());
            return new SignInMetrics(s.GetRequiredService<IMetricFactory>(), () => workers.Waiting, () => throttle.Remembered);
        });
        services.AddSingleton<IAuthenticator>(s => new Authenticator(
            s.GetRequiredService<PasswordWorkers>(), Tokens(auth, s), s.GetRequiredService<SignInThrottle>(), TimeProvider.System,
            new UsedTokens(s.GetRequiredService<ConferenceStore>(), s.GetRequiredService<DomainTable>(), TimeProvider.System)));

        if (tls is not null)
            services.AddReloading(
                Category, [tls.Certificate, tls.Key], ServerCertificate.Read,
                (log, certificate) => AuthLog.CertificateReloaded(log, "Tls", certificate.NotAfter), (log, why) => AuthLog.CertificateBad(log, "Tls", why));
        services.AddSingleton(s => new TlsMetrics(
            s.GetRequiredService<IMetricFactory>(),
            s.GetService<Reloading<ServerCertificate>>() is { } certificate ? () => certificate.Current.NotAfter : null));
        services.AddSingleton<IMetricsSource>(s => s.GetRequiredService<TlsMetrics>());
        services.AddSingleton(s => new TlsGate(s.GetService<Reloading<ServerCertificate>>(), s.GetRequiredService<TlsMetrics>()));
        return services.AddHostedService<FileReloader>();
    }

    private static TokenValidator Tokens(AuthSettings auth, IServiceProvider services)
    {
        var issuer = services.GetService<Issuer>();
        var file = services.GetService<Reloading<KeySet>>();
        if (file is not null)
            AuthLog.KeysLeftOut(Log(services), "Auth:JwtKey", file.Current);
        var secret = file is null && auth.JwtKey is { } setting ? KeyReader.ReadSecret(setting) : [];
        return new TokenValidator(
            auth.JwtKey is null && issuer is null ? null : () => [.. issuer?.Keys ?? [], .. file?.Current.Keys ?? secret], auth.Audience,
            issuer is null ? null : issuer.RequestRefresh, services.GetRequiredService<DomainTable>(), domain => services.GetRequiredService<DomainKeys>().FindAsync(domain));
    }

    private static ILogger Log(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
}
