using Conference.Actors.Sessions;
using Conference.Node.SignIn.Tokens;
using Conference.Node.Files;
using Conference.Node.Qcvc.Tls;
using Conference.Node.Settings;
using Conference.Node.Metrics;
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
            services.AddReloading(
                Category, [setting], files => new TokenKeys(KeyReader.ReadFile(files[0])), (log, keys) => AuthLog.KeysReloaded(log, keys.All.Count), AuthLog.KeysBad);
        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<IMetricsSource>(s =>
        {
            var (workers, throttle) = (s.GetRequiredService<PasswordWorkers>(), s.GetRequiredService<SignInThrottle>());
            return new SignInMetrics(s.GetRequiredService<IMetricFactory>(), () => workers.Waiting, () => throttle.Remembered);
        });
        services.AddSingleton<IAuthenticator>(s => new Authenticator(
            s.GetRequiredService<PasswordWorkers>(), Tokens(auth, s.GetService<Reloading<TokenKeys>>()), s.GetRequiredService<SignInThrottle>(), TimeProvider.System));

        if (tls is not null)
            services.AddReloading(
                Category, [tls.Certificate, tls.Key], ServerCertificate.Read,
                (log, certificate) => AuthLog.CertificateReloaded(log, certificate.NotAfter), AuthLog.CertificateBad);
        services.AddSingleton(s => new TlsMetrics(
            s.GetRequiredService<IMetricFactory>(),
            s.GetService<Reloading<ServerCertificate>>() is { } certificate ? () => certificate.Current.NotAfter : null));
        services.AddSingleton<IMetricsSource>(s => s.GetRequiredService<TlsMetrics>());
        services.AddSingleton(s => new TlsGate(s.GetService<Reloading<ServerCertificate>>(), s.GetRequiredService<TlsMetrics>()));
        return services.AddHostedService<FileReloader>();
    }

    private static TokenValidator? Tokens(AuthSettings auth, Reloading<TokenKeys>? file)
    {
        if (file is not null)
            return new TokenValidator(() => file.Current.All, auth.Audience);
        if (auth.JwtKey is not { } setting)
            return null;
        var secret = KeyReader.ReadSecret(setting);
        return new TokenValidator(() => secret, auth.Audience);
    }

    private sealed record TokenKeys(IReadOnlyList<VerificationKey> All);
}
