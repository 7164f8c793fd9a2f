using Conference.Node.Files;
using Conference.Node.Akka.Remoting;
using Conference.Node.Qcvc.Tls;

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
        return IsGood(ServerCertificate.Read, (certificate, certificatePath), (key, keyPath)) ? new TlsSettings(certificatePath, keyPath) : null;
    }

    private ClusterTlsSettings? ClusterTls(string certificate, string key, string authority)
    {
        string[] keys = [certificate, key, authority];
        string?[] paths = [.. keys.Select(k => Text(k, 1, 4096))];
        if (Array.TrueForAll(paths, p => p is null))
            return null;
        foreach (var (_, missing) in keys.Index().Where(k => paths[k.Index] is null))
            Wrong(missing, "set too: a certificate, its key and the authority of all nodes' certificates belong together", 0);
        if (paths is not [{ } certificatePath, { } keyPath, { } authorityPath])
            return null;
        return IsGood(NodeCredentials.Read, (certificate, certificatePath), (key, keyPath), (authority, authorityPath))
            ? new ClusterTlsSettings(certificatePath, keyPath, authorityPath)
            : null;
    }

    /// <summary>The files can be read, and mean something to who is to use them; otherwise it is told what is wrong.</summary>
    private bool IsGood(Func<byte[][], object> read, params (string Key, string Path)[] named)
    {
        byte[]?[] files = [.. named.Select(f => ReadFile(f.Key, f.Path))];
        if (Array.Exists(files, f => f is null))
            return false;
        try
        {
            _ = read(files!);
            return true;
        }
        catch (FormatException e)
        {
            // It says which of them, and nothing of what is in them.
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
