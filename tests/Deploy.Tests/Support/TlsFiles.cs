using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Conference.Deploy.Tests.Support;

/// <summary>A certificate that nobody need trust.</summary>
internal static class TlsFiles
{
    /// <returns>The settings that name it.</returns>
    public static async Task<string[]> WriteAsync(DirectoryInfo folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        string certificatePath = Path.Join(folder.FullName, "tls.crt"), keyPath = Path.Join(folder.FullName, "tls.key");
        await File.WriteAllTextAsync(certificatePath, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        return [$"Tls:Certificate={certificatePath}", $"Tls:Key={keyPath}"];
    }
}
