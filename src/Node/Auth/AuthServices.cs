using Conference.Actors.Authentication;
using Conference.Node.Auth.Tokens;
using Conference.Node.Files;
using Conference.Node.Listening.Tls;
using Conference.Node.Settings;
using Conference.Node.Telemetry;

namespace Conference.Node.Auth;

/// <summary>Sign-in and TLS, put together from the settings. The files were read once already, to check them; one that has gone bad since stops the start.</summary>
internal static class AuthServices
{
    private const string Category = "Conference.Node.Auth";

    public static IServiceCollection AddSignIn(this IServiceCollection services, AuthSettings auth, TlsSettings? tls)
    {
        services.AddSingleton(_ => new PasswordHasher());
        services.AddSingleton(s => new PasswordWorkers(s.GetRequiredService<PasswordHasher>(), Environment.ProcessorCount));
        if (auth.JwtKey is { } setting && KeyReader.IsPath(setting))
            services.AddReloading(
                Category, [setting], files => new TokenKeys(KeyReader.ReadFile(files[0])), (log, keys) => AuthLog.KeysReloaded(log, keys.All.Count), AuthLog.KeysBad);
        services.AddSingleton<IAuthenticator>(s =>
        {
            var workers = s.GetRequiredService<PasswordWorkers>();
            var throttle = new SignInThrottle();
            _ = new SignInMetrics(s.GetRequiredService<MetricsRegistry>().Meter, workers, throttle);
            return new Authenticator(workers, Tokens(auth, s.GetService<Reloading<TokenKeys>>()), throttle, TimeProvider.System);
        });

        if (tls is not null)
            services.AddReloading(
                Category, [tls.Certificate, tls.Key], ServerCertificate.Read,
                (log, certificate) => AuthLog.CertificateReloaded(log, certificate.NotAfter), AuthLog.CertificateBad);
        services.AddSingleton(s => new TlsMetrics(s.GetRequiredService<MetricsRegistry>().Meter, s.GetService<Reloading<ServerCertificate>>()));
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
