using Conference.Node.Qcvc.Tls;

namespace Conference.Node.Api;

/// <summary>What HTTPS shows, where that is another than what TLS shows to clients (<c>Http:Certificate</c>).</summary>
public sealed record HttpsCertificate(ServerCertificate Server)
{
    /// <inheritdoc cref="ServerCertificate.Read(byte[][])"/>
    public static HttpsCertificate Read(byte[][] files) => new(ServerCertificate.Read(files, "Http"));
}
