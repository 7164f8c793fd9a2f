using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Conference.Node.Akka.Remoting;

namespace Conference.Node.Akka;

/// <summary>
/// The certificate that the nodes of a cluster show each other where the operator gives none: made by the first node that looks for it, kept in the database
/// with its key. Whoever can read the database, or a backup of it, can be a node, unless <c>Cluster:Secret</c> seals the key. A copy of the database
/// elsewhere gets another certificate: its nodes cannot speak to the original's.
/// </summary>
public static class ClusterCertificate
{
    private const string NotSealed = "none";
    private const string Sealed = "pbkdf2-sha256/aes-256-gcm";

    /// <summary>Pinned, and of no use outside of this cluster: it need not expire in anybody's life.</summary>
    private const int Years = 30;

    /// <summary>The cluster's certificate; made now where there is none.</summary>
    /// <param name="table">This node in the cluster's database.</param>
    /// <param name="secret"><c>Cluster:Secret</c>; null leaves the key open to readers of the database.</param>
    /// <param name="loggers">For what it says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterStartException">The database is away, or the key is sealed with another secret.</exception>
    public static async Task<NodeCredentials> ReadAsync(NodeTable table, string? secret, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        try
        {
            var log = loggers.CreateLogger(typeof(ClusterCertificate).FullName!);
            var (bytes, seal) = await FindAsync(table, secret, log, cancellationToken).ConfigureAwait(false);
            return NodeCredentials.Pinned(X509CertificateLoader.LoadPkcs12(Open(bytes, seal, secret), ""));
        }
        catch (Exception e) when (ClusterDatabase.IsAway(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new ClusterStartException($"the cluster's certificate cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A self-signed certificate for both ends of a connection. P-256: a handshake takes half a millisecond.</summary>
    internal static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        // A key that was never in a file cannot be used by the TLS of every system.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12, ""), "", X509KeyStorageFlags.Exportable);
    }

    private static async Task<(byte[] Bytes, string Seal)> FindAsync(NodeTable table, string? secret, ILogger log, CancellationToken cancellationToken)
    {
        string identity = table.Identity.Value;
        if (await SelectAsync(table.Database, identity, cancellationToken).ConfigureAwait(false) is { } found)
        {
            // A secret that came later seals what was open.
            if (found.Seal == NotSealed && secret is not null)
                await table.Database.ExecuteAsync("update conference_certificate set pkcs12 = $2, seal = $3 where identity = $1 and seal = $4", [identity, KeySeal.Seal(found.Bytes, secret), Sealed, NotSealed], cancellationToken).ConfigureAwait(false);
            return found;
        }

        using var certificate = Make("conference");
        byte[] made = certificate.Export(X509ContentType.Pkcs12, "");
        byte[] kept = secret is null ? made : KeySeal.Seal(made, secret);
        int inserted = await table.Database.ExecuteAsync(
            "insert into conference_certificate(identity, pkcs12, seal) values ($1, $2, $3) on conflict do nothing", [identity, kept, secret is null ? NotSealed : Sealed], cancellationToken).ConfigureAwait(false);
        if (inserted == 1)
            ClusterLog.CertificateMade(log);
        // Of several at once the first counts.
        return (await SelectAsync(table.Database, identity, cancellationToken).ConfigureAwait(false))!.Value;
    }

    private static async Task<(byte[] Bytes, string Seal)?> SelectAsync(ClusterDatabase database, string identity, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync(
            "select pkcs12, seal from conference_certificate where identity = $1", [identity], r => (r.GetFieldValue<byte[]>(0), r.GetString(1)), cancellationToken).ConfigureAwait(false);
        return rows is [var row] ? row : null;
    }

    private static byte[] Open(byte[] bytes, string seal, string? secret)
    {
        if (seal == NotSealed)
            return bytes;
        if (secret is null)
            throw new ClusterStartException("the key of the cluster's certificate is sealed: set Cluster:Secret to what the other nodes have");
        return KeySeal.Open(bytes, secret)
            ?? throw new ClusterStartException("the key of the cluster's certificate is sealed with another Cluster:Secret than this node's");
    }
}
