using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>What all handshakes of a node have in common: DTLS 1.2, our certificate, the ciphers, the SRTP profiles. May be used by several threads.</summary>
internal sealed unsafe class DtlsContext : IDisposable
{
    /// <summary>Forward secrecy and AEAD only; every browser has the first.</summary>
    private const string Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384";

    /// <summary>A browser shows one certificate of a few hundred bytes; GStreamer's, of RSA, takes a thousand.</summary>
    private const int MaxCertificateBytes = 8192;

    /// <exception cref="CryptographicException">OpenSSL refuses something of it.</exception>
    public DtlsContext(DtlsCertificate certificate, IEnumerable<SrtpProfile> profiles)
    {
        Fingerprint = certificate.Fingerprint;
        Handle = LibSsl.NewContext(LibSsl.DtlsServer());
        Demand(!Handle.IsInvalid);
        LibSsl.ControlContext(Handle, LibSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, LibSsl.DTLS1_2_VERSION, null);
        LibSsl.ControlContext(Handle, LibSsl.SSL_CTRL_SET_MAX_PROTO_VERSION, LibSsl.DTLS1_2_VERSION, null);
        LibSsl.ControlContext(Handle, LibSsl.SSL_CTRL_SET_MAX_CERT_LIST, MaxCertificateBytes, null);
        // A browser that comes again shakes hands again: nothing of a handshake is kept, here or there.
        LibSsl.ControlContext(Handle, LibSsl.SSL_CTRL_SET_SESS_CACHE_MODE, LibSsl.SSL_SESS_CACHE_OFF, null);
        LibSsl.SetOptions(Handle, LibSsl.SSL_OP_NO_QUERY_MTU | LibSsl.SSL_OP_NO_TICKET | LibSsl.SSL_OP_NO_RENEGOTIATION);
        LibSsl.SetVerify(Handle, LibSsl.SSL_VERIFY_PEER | LibSsl.SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &AcceptForNow);
        Demand(LibSsl.SetCiphers(Handle, Ciphers) == 1);
        Demand(LibSsl.SetSrtpProfiles(Handle, string.Join(':', profiles.Select(p => p.Name))) == 0);
        fixed (byte* der = certificate.Der.Span, key = certificate.PrivateKey.Span)
        {
            Demand(LibSsl.UseCertificate(Handle, certificate.Der.Length, der) == 1);
            Demand(LibSsl.UsePrivateKey(LibSsl.EVP_PKEY_EC, Handle, key, new CLong(certificate.PrivateKey.Length)) == 1);
        }
    }

    public SslContextHandle Handle { get; }

    /// <summary>Our certificate's, for answers.</summary>
    public CertificateFingerprint Fingerprint { get; }

    public void Dispose() => Handle.Dispose();

    /// <summary>Nobody vouches for a browser's certificate: its fingerprint decides, once the handshake has shown that the browser has its key.</summary>
    [UnmanagedCallersOnly]
    private static int AcceptForNow(int isTrusted, nint store) => 1;

    private static void Demand(bool isDone)
    {
        if (!isDone)
            throw new CryptographicException($"DTLS cannot be set up: {LibCrypto.TakeErrors()}");
    }
}
