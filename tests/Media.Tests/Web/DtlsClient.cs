using System.Runtime.InteropServices;
using Conference.Media.Transport.OpenSsl;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

/// <summary>The other side of a handshake, as a browser has it: OpenSSL's DTLS client.</summary>
internal sealed unsafe partial class DtlsClient : IDisposable
{
    private readonly SslContextHandle _context;
    private readonly SslHandle _ssl;
    private readonly nint _in = NewBio();
    private readonly nint _out = NewBio();

    /// <param name="profiles">What use_srtp offers; null for no use_srtp.</param>
    /// <param name="mtu">Flights longer than this are sent in fragments.</param>
    /// <param name="hasCertificate">Shows one when asked for it.</param>
    public DtlsClient(string? profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", int mtu = 1200, bool hasCertificate = true)
    {
        Certificate = DtlsCertificate.Make(DateTimeOffset.UtcNow);
        _context = LibSsl.NewContext(ClientMethod());
        LibSsl.SetOptions(_context, LibSsl.SSL_OP_NO_QUERY_MTU);
        if (profiles is not null)
            Demand(LibSsl.SetSrtpProfiles(_context, profiles) == 0);
        fixed (byte* der = Certificate.Der.Span, key = Certificate.PrivateKey.Span)
        {
            if (hasCertificate)
            {
                Demand(LibSsl.UseCertificate(_context, Certificate.Der.Length, der) == 1);
                Demand(LibSsl.UsePrivateKey(LibSsl.EVP_PKEY_EC, _context, key, new CLong(Certificate.PrivateKey.Length)) == 1);
            }
        }

        _ssl = LibSsl.NewSession(_context);
        LibSsl.SetBios(_ssl, _in, _out);
        LibSsl.Control(_ssl, LibSsl.SSL_CTRL_SET_MTU, mtu, null);
        LibSsl.SetTimer(_ssl, &DtlsSession.NextWait);
        SetConnecting(_ssl);
    }

    public DtlsCertificate Certificate { get; }

    public bool IsDone { get; private set; }

    public bool HasFailed { get; private set; }

    /// <summary>It was said goodbye to.</summary>
    public bool IsClosed => (LibSsl.GetShutdown(_ssl) & LibSsl.SSL_RECEIVED_SHUTDOWN) != 0;

    public string? Profile => LibSsl.GetSrtpProfile(_ssl) is var selected && selected is null ? null : Marshal.PtrToStringUTF8((nint)selected->Name);

    public byte[] Export(int length)
    {
        byte[] exported = new byte[length];
        fixed (byte* into = exported)
            Demand(LibSsl.Export(_ssl, into, (nuint)length, SrtpMaster.ExportLabel, (nuint)SrtpMaster.ExportLabel.Length, null, 0, 0) == 1);
        return exported;
    }

    /// <summary>The certificate it was shown.</summary>
    public byte[] PeerCertificate()
    {
        nint certificate = LibSsl.GetPeerCertificate(_ssl);
        byte[] der = new byte[LibCrypto.EncodeCertificate(certificate, null)];
        fixed (byte* start = der)
        {
            byte* at = start;
            Demand(LibCrypto.EncodeCertificate(certificate, &at) == der.Length);
        }

        LibCrypto.FreeCertificate(certificate);
        return der;
    }

    public void Receive(ReadOnlySpan<byte> datagram)
    {
        fixed (byte* bytes = datagram)
            Demand(LibCrypto.WriteBio(_in, bytes, datagram.Length) == datagram.Length);
        Step();
    }

    /// <summary>Begins, and goes on as far as it can.</summary>
    public void Step()
    {
        LibCrypto.ClearErrors();
        if (!IsDone)
        {
            int result = LibSsl.Handshake(_ssl);
            IsDone = result == 1;
            HasFailed |= !IsDone && LibSsl.GetError(_ssl, result) is not (LibSsl.SSL_ERROR_WANT_READ or LibSsl.SSL_ERROR_WANT_WRITE);
        }

        byte* ignored = stackalloc byte[100];
        while (IsDone && LibSsl.Read(_ssl, ignored, 100) > 0)
        {
        }
    }

    public void HandleTimeout() => LibSsl.Control(_ssl, LibSsl.DTLS_CTRL_HANDLE_TIMEOUT, 0, null);

    public void Close() => LibSsl.Shutdown(_ssl);

    /// <summary>What is to be sent, a record a datagram.</summary>
    public List<byte[]> Take()
    {
        byte* pending = null;
        int length = (int)LibCrypto.ControlBio(_out, LibCrypto.BIO_CTRL_INFO, 0, &pending);
        byte[] all = new ReadOnlySpan<byte>(pending, length).ToArray();
        LibCrypto.ControlBio(_out, LibCrypto.BIO_CTRL_RESET, 0, null);
        List<byte[]> records = [];
        for (int at = 0; at < all.Length; at += records[^1].Length)
            records.Add(all[at..(at + 13 + ((all[at + 11] << 8) | all[at + 12]))]);
        return records;
    }

    public void Dispose()
    {
        _ssl.Dispose();
        _context.Dispose();
    }

    // Benchmarks use it too, which have no assertions.
    private static void Demand(bool isDone)
    {
        if (!isDone)
            throw new InvalidOperationException($"OpenSSL's client: {LibCrypto.TakeErrors()}");
    }

    private static nint NewBio()
    {
        nint bio = LibCrypto.NewBio(LibCrypto.MemoryBio());
        LibCrypto.ControlBio(bio, LibCrypto.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        return bio;
    }

    [LibraryImport(LibSsl.Name, EntryPoint = "DTLS_client_method")]
    private static partial nint ClientMethod();

    [LibraryImport(LibSsl.Name, EntryPoint = "SSL_set_connect_state")]
    private static partial void SetConnecting(SslHandle session);
}
