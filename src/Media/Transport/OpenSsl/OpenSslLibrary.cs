using System.Runtime.InteropServices;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>Whether the system has OpenSSL 3. Without it there are no browsers, and everything else is as ever.</summary>
internal static class OpenSslLibrary
{
    /// <summary>One sentence that says what is missing; null where nothing is.</summary>
    public static string? Missing { get; } = Probe(LibCrypto.Name, "SSL_get1_peer_certificate", LibSsl.Name);

    public static bool IsAvailable => Missing is null;

    /// <param name="newest">Something that only version 3 has.</param>
    internal static string? Probe(string crypto, string newest, string ssl)
    {
        foreach (string name in (string[])[crypto, ssl])
        {
            if (!NativeLibrary.TryLoad(name, typeof(OpenSslLibrary).Assembly, null, out _))
                return $"Browsers cannot join: this system has no {name} (OpenSSL 3).";
        }

        bool isNewEnough = NativeLibrary.TryLoad(ssl, typeof(OpenSslLibrary).Assembly, null, out nint library) && NativeLibrary.TryGetExport(library, newest, out _);
        return isNewEnough ? null : $"Browsers cannot join: this system's {ssl} lacks {newest}, which OpenSSL 3 has.";
    }
}
