using System.Runtime.InteropServices;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>What is used of OpenSSL 3's libssl. Names with capitals are its own.</summary>
internal static unsafe partial class LibSsl
{
    public const string Name = "libssl.so.3";

    public const int DTLS1_2_VERSION = 0xFEFD;
    public const int EVP_PKEY_EC = 408;
    public const int SSL_ERROR_WANT_READ = 2, SSL_ERROR_WANT_WRITE = 3;
    public const int SSL_VERIFY_PEER = 1, SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
    public const int SSL_RECEIVED_SHUTDOWN = 2;
    public const int SSL_CTRL_SET_MTU = 17, SSL_CTRL_SET_SESS_CACHE_MODE = 44, SSL_CTRL_SET_MAX_CERT_LIST = 50;
    public const int DTLS_CTRL_GET_TIMEOUT = 73, DTLS_CTRL_HANDLE_TIMEOUT = 74;
    public const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123, SSL_CTRL_SET_MAX_PROTO_VERSION = 124;
    public const int SSL_SESS_CACHE_OFF = 0;
    public const ulong SSL_OP_NO_QUERY_MTU = 1UL << 12, SSL_OP_NO_TICKET = 1UL << 14, SSL_OP_NO_RENEGOTIATION = 1UL << 30;

    /// <summary>SRTP_PROTECTION_PROFILE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct SelectedProfile
    {
        public byte* Name;
        public CULong Id;
    }

    [LibraryImport(Name, EntryPoint = "DTLS_server_method")]
    public static partial nint DtlsServer();

    [LibraryImport(Name, EntryPoint = "SSL_CTX_new")]
    public static partial SslContextHandle NewContext(nint method);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint ControlContext(SslContextHandle context, int command, nint number, void* pointer);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(SslContextHandle context, ulong options);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    public static partial int UseCertificate(SslContextHandle context, int length, byte* der);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    public static partial int UsePrivateKey(int type, SslContextHandle context, byte* der, CLong length);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_cipher_list", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCiphers(SslContextHandle context, string ciphers);

    /// <returns>0 for success, unlike all the others.</returns>
    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_tlsext_use_srtp", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetSrtpProfiles(SslContextHandle context, string profiles);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(SslContextHandle context, int mode, delegate* unmanaged<int, nint, int> callback);

    [LibraryImport(Name, EntryPoint = "SSL_new")]
    public static partial SslHandle NewSession(SslContextHandle context);

    [LibraryImport(Name, EntryPoint = "SSL_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_set_accept_state")]
    public static partial void SetAccepting(SslHandle session);

    /// <summary>The session owns them from now on.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_set_bio")]
    public static partial void SetBios(SslHandle session, nint reads, nint writes);

    [LibraryImport(Name, EntryPoint = "SSL_ctrl")]
    public static partial nint Control(SslHandle session, int command, nint number, void* pointer);

    /// <summary>Asks how many microseconds to wait for an answer; is told how many it were the last time, 0 at first.</summary>
    [LibraryImport(Name, EntryPoint = "DTLS_set_timer_cb")]
    public static partial void SetTimer(SslHandle session, delegate* unmanaged<nint, uint, uint> callback);

    [LibraryImport(Name, EntryPoint = "SSL_do_handshake")]
    public static partial int Handshake(SslHandle session);

    [LibraryImport(Name, EntryPoint = "SSL_get_error")]
    public static partial int GetError(SslHandle session, int result);

    [LibraryImport(Name, EntryPoint = "SSL_read")]
    public static partial int Read(SslHandle session, byte* bytes, int length);

    [LibraryImport(Name, EntryPoint = "SSL_shutdown")]
    public static partial int Shutdown(SslHandle session);

    [LibraryImport(Name, EntryPoint = "SSL_get_shutdown")]
    public static partial int GetShutdown(SslHandle session);

    [LibraryImport(Name, EntryPoint = "SSL_get_selected_srtp_profile")]
    public static partial SelectedProfile* GetSrtpProfile(SslHandle session);

    /// <summary>One reference more, which the caller frees.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_get1_peer_certificate")]
    public static partial nint GetPeerCertificate(SslHandle session);

    [LibraryImport(Name, EntryPoint = "SSL_export_keying_material", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Export(
        SslHandle session, byte* into, nuint length, string label, nuint labelLength, byte* context, nuint contextLength, int usesContext);
}
