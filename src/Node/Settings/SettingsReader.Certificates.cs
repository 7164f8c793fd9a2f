using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Conference.Node.Files;
using Conference.Node.Listening.Tls;

namespace Conference.Node.Settings;

/// <summary>Settings that name files of certificates and keys: the files are read once, so that a wrong one stops the start.</summary>
public sealed partial class SettingsReader
{
    private TlsSettings? Tls(string certificate, string key, string port)
    {
        string? certificatePath = Text(certificate, 1, 4096);
        string? keyPath = Text(key, 1, 4096);
        if (certificatePath is null && keyPath is null)
            return Raw(port) is null or "off" ? null : Wrong(certificate, $"set for {port}", (TlsSettings?)null);
        if (certificatePath is null || keyPath is null)
            return Wrong(certificatePath is null ? certificate : key, "set too: a certificate and its key belong together", (TlsSettings?)null);
        return IsKeyPair(certificate, certificatePath, key, keyPath) ? new TlsSettings(certificatePath, keyPath) : null;
    }

    private ClusterTlsSettings? ClusterTls(string certificate, string key, string authority)
    {
        string[] keys = [certificate, key, authority];
        string?[] paths = [.. keys.Select(k => Text(k, 1, 4096))];
        if (Array.TrueForAll(paths, p => p is null))
            return null;
        foreach (var (missing, _) in keys.Zip(paths).Where(p => p.Second is null))
            Wrong(missing, "set too: a certificate, its key and the authority of all nodes' certificates belong together", 0);
        if (paths is not [{ } certificatePath, { } keyPath, { } authorityPath])
            return null;
        bool isPair = IsKeyPair(certificate, certificatePath, key, keyPath);
        if (ReadFile(authority, authorityPath) is not { } authorityFile)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(authorityFile));
        }
        catch (CryptographicException)
        {
            // Told below, as a file without any.
        }

        if (authorities.Count == 0)
            return Wrong(authority, "the path of a PEM file with a certificate in it", (ClusterTlsSettings?)null);
        return isPair ? new ClusterTlsSettings(certificatePath, keyPath, authorityPath) : null;
    }

    /// <summary>Both can be read, and the one is the other's key; otherwise it is told what is wrong.</summary>
    private bool IsKeyPair(string certificate, string certificatePath, string key, string keyPath)
    {
        byte[]? certificateFile = ReadFile(certificate, certificatePath);
        byte[]? keyFile = ReadFile(key, keyPath);
        if (certificateFile is null || keyFile is null)
            return false;
        try
        {
            _ = ServerCertificate.Read([certificateFile, keyFile], certificate[..certificate.IndexOf(':', StringComparison.Ordinal)]);
            return true;
        }
        catch (FormatException e)
        {
            // It says which of the two, and nothing of what is in them.
            _errors.Add(e.Message);
            return false;
        }
    }

    private byte[]? ReadFile(string key, string path)
    {
        try
        {
            return SmallFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Wrong(key, "the path of a file that can be read", (byte[]?)null);
        }
    }
}
