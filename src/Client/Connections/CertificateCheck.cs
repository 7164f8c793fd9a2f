using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Client.Connections;

/// <summary>
/// Is this the server the user named? Its certificate must be for that host, and lead to a root this machine trusts or to one of the
/// user's own. There is no way around it.
/// </summary>
internal sealed class CertificateCheck(string host, X509Certificate2Collection roots)
{
    /// <summary>id-kp-serverAuth, RFC 5280 4.2.1.12.</summary>
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What was wrong with the certificate, as a sentence; null while nothing was.</summary>
    public string? Objection { get; private set; }

    public SslClientAuthenticationOptions Options => new()
    {
        // A host may be written with its closing dot, but no certificate is.
        TargetHost = host.TrimEnd('.'),
        CertificateChainPolicy = NewPolicy(),
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsGood(certificate as X509Certificate2, chain, errors),
    };

    // Nothing is fetched while somebody waits for a call: no missing links, and no lists of the revoked, which private roots seldom have.
    private static X509ChainPolicy NewPolicy() => new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };

    private bool IsGood(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            Objection = "the server showed no certificate";
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            Objection = $"the server's certificate is not for {Printable.Of(host, 255)}";
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            Objection = roots.Count == 0 ? Describe(chain) : CheckOwnRoots(certificate, chain.ChainPolicy.ExtraStore);
        return Objection is null;
    }

    private string? CheckOwnRoots(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        using var chain = new X509Chain { ChainPolicy = NewPolicy() };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return chain.Build(certificate) ? null : Describe(chain);
    }

    private static string Describe(X509Chain chain)
    {
        var wrong = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if (wrong.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return "the server's certificate has expired, or is not valid yet";
        return (wrong & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
            ? "the server's certificate is not trusted: it leads to no known root"
            : $"the server's certificate is not trusted: {wrong}";
    }
}
