using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>
/// The server's side of one browser's handshake (RFC 6347, RFC 5764): datagrams in, datagrams out, and at its end the keys of SRTP. No socket, no thread;
/// OpenSSL itself looks at the clock. Not for two threads at a time.
/// </summary>
/// <remarks>
/// To be had only for a path on which STUN has been authenticated: there is no cookie exchange, as it cannot put together a ClientHello in two fragments,
/// which Chromium sends.
/// <para>Keep it for a minute after the handshake: when our last flight is lost, the browser repeats its own, and is sent ours again.</para>
/// </remarks>
internal sealed unsafe class DtlsSession : IDisposable
{
    /// <summary>No datagram is longer: so many bytes pass everywhere.</summary>
    public const int MaxDatagramBytes = 1200;

    private const int RecordHeaderBytes = 13;
    private const uint FirstWait = 200_000;
    private const uint LongestWait = 3_200_000;

    private readonly IReadOnlyList<CertificateFingerprint> _expected;
    private readonly SslHandle _ssl;
    private readonly nint _in;
    private readonly nint _out;

    /// <param name="context">Of the node.</param>
    /// <param name="expected">What the offer says of the browser's certificate: one of these must be its.</param>
    public DtlsSession(DtlsContext context, IReadOnlyList<CertificateFingerprint> expected)
    {
        _expected = expected;
        _ssl = LibSsl.NewSession(context.Handle);
        if (_ssl.IsInvalid)
            throw new CryptographicException($"DTLS cannot begin: {LibCrypto.TakeErrors()}");
        _in = NewBio();
        _out = NewBio();
        LibSsl.SetBios(_ssl, _in, _out);
        LibSsl.Control(_ssl, LibSsl.SSL_CTRL_SET_MTU, MaxDatagramBytes, null);
        LibSsl.SetTimer(_ssl, &NextWait);
        LibSsl.SetAccepting(_ssl);
    }

    public DtlsState State { get; private set; }

    /// <summary>One clause, for a log; null where nothing has failed.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the browser seals by. Not null once connected.</summary>
    public SrtpMaster? Receiving { get; private set; }

    /// <summary>What we seal by. Not null once connected.</summary>
    public SrtpMaster? Sending { get; private set; }

    /// <summary>How long from now until <see cref="HandleTimeout"/> is due; null while nothing waits for an answer.</summary>
    public TimeSpan? Timeout
    {
        get
        {
            // struct timeval.
            long* left = stackalloc long[2];
            return LibSsl.Control(_ssl, LibSsl.DTLS_CTRL_GET_TIMEOUT, 0, left) == 1 ? TimeSpan.FromSeconds(left[0]) + TimeSpan.FromMicroseconds(left[1]) : null;
        }
    }

    /// <summary>Takes a datagram of the browser. What it answers is to be had by <see cref="Take"/>.</summary>
    public void Receive(ReadOnlySpan<byte> datagram)
    {
        if (State is DtlsState.Failed or DtlsState.Closed || datagram.IsEmpty)
            return;
        LibCrypto.ClearErrors();
        fixed (byte* bytes = datagram)
        {
            // Without memory it is as if it had been lost.
            if (LibCrypto.WriteBio(_in, bytes, datagram.Length) != datagram.Length)
                return;
        }

        if (State == DtlsState.Handshaking)
            Handshake();
        if (State == DtlsState.Connected)
            ReadToEnd();
        // What OpenSSL has not read of a datagram must not come before the next one.
        LibCrypto.ControlBio(_in, LibCrypto.BIO_CTRL_RESET, 0, null);
    }

    /// <summary>Repeats what has had no answer, if that is due, and gives up after a dozen times: half a minute.</summary>
    public void HandleTimeout()
    {
        if (State is DtlsState.Failed or DtlsState.Closed)
            return;
        LibCrypto.ClearErrors();
        if (LibSsl.Control(_ssl, LibSsl.DTLS_CTRL_HANDLE_TIMEOUT, 0, null) < 0 && State == DtlsState.Handshaking)
            Fail("the browser does not answer");
    }

    /// <summary>The next datagram to send.</summary>
    /// <param name="datagram">At least <see cref="MaxDatagramBytes"/>.</param>
    /// <returns>Its length; 0 when there is none.</returns>
    public int Take(Span<byte> datagram)
    {
        byte* pending = null;
        int length = (int)LibCrypto.ControlBio(_out, LibCrypto.BIO_CTRL_INFO, 0, &pending);
        int taken = WholeRecords(new ReadOnlySpan<byte>(pending, Math.Max(length, 0)), Math.Min(datagram.Length, MaxDatagramBytes));
        if (taken == 0)
            return 0;
        fixed (byte* to = datagram)
            return LibCrypto.ReadBio(_out, to, taken);
    }

    /// <summary>Says goodbye; one more datagram is to be had by <see cref="Take"/>.</summary>
    public void Close()
    {
        if (State != DtlsState.Connected)
            return;
        LibCrypto.ClearErrors();
        LibSsl.Shutdown(_ssl);
        State = DtlsState.Closed;
    }

    // The BIOs go with it.
    public void Dispose() => _ssl.Dispose();

    /// <summary>How long to wait for an answer, in microseconds: OpenSSL's own second is long for somebody who waits for a picture.</summary>
    [UnmanagedCallersOnly]
    internal static uint NextWait(nint session, uint last) => last == 0 ? FirstWait : Math.Min(2 * last, LongestWait);

    /// <summary>A BIO of memory joins the records it is given: as many are one datagram as fit.</summary>
    private static int WholeRecords(ReadOnlySpan<byte> records, int most)
    {
        int taken = 0;
        while (records.Length - taken >= RecordHeaderBytes)
        {
            ReadOnlySpan<byte> record = records[taken..];
            int length = RecordHeaderBytes + ((record[11] << 8) | record[12]);
            if (length > record.Length || taken + length > most)
                break;
            taken += length;
        }

        return taken;
    }

    private static nint NewBio()
    {
        nint bio = LibCrypto.NewBio(LibCrypto.MemoryBio());
        // Where it is empty it is no end: one asks again later.
        LibCrypto.ControlBio(bio, LibCrypto.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        return bio;
    }

    private void Handshake()
    {
        int result = LibSsl.Handshake(_ssl);
        if (result == 1)
            Finish();
        else if (LibSsl.GetError(_ssl, result) is not (LibSsl.SSL_ERROR_WANT_READ or LibSsl.SSL_ERROR_WANT_WRITE))
            Fail($"the handshake failed: {LibCrypto.TakeErrors()}");
    }

    /// <summary>The browser has shown that it has its certificate's key. Nothing of our last flight is sent before it is known whose that is.</summary>
    private void Finish()
    {
        if (!IsExpected())
        {
            Refuse("the certificate is not the one the offer names");
            return;
        }

        LibSsl.SelectedProfile* selected = LibSsl.GetSrtpProfile(_ssl);
        if (selected is null || SrtpProfile.Find((long)selected->Id.Value) is not { } profile)
        {
            Refuse("no SRTP profile was agreed on");
            return;
        }

        Span<byte> exported = stackalloc byte[profile.ExportBytes];
        fixed (byte* into = exported)
        {
            if (LibSsl.Export(_ssl, into, (nuint)exported.Length, SrtpMaster.ExportLabel, (nuint)SrtpMaster.ExportLabel.Length, null, 0, 0) != 1)
            {
                Refuse($"there are no keys: {LibCrypto.TakeErrors()}");
                return;
            }
        }

        (Receiving, Sending) = SrtpMaster.Split(profile, exported);
        CryptographicOperations.ZeroMemory(exported);
        State = DtlsState.Connected;
    }

    private bool IsExpected()
    {
        nint certificate = LibSsl.GetPeerCertificate(_ssl);
        if (certificate == 0)
            return false;
        byte[] der = new byte[Math.Max(LibCrypto.EncodeCertificate(certificate, null), 1)];
        bool isWhole;
        fixed (byte* start = der)
        {
            byte* at = start;
            isWhole = LibCrypto.EncodeCertificate(certificate, &at) == der.Length;
        }

        LibCrypto.FreeCertificate(certificate);
        return isWhole && _expected.Any(fingerprint => fingerprint.Matches(der));
    }

    /// <summary>Lets the browser repeat its last flight and say goodbye. Nobody has anything else to say here: media does not come this way.</summary>
    private void ReadToEnd()
    {
        byte* ignored = stackalloc byte[256];
        while (LibSsl.Read(_ssl, ignored, 256) > 0)
        {
        }

        if ((LibSsl.GetShutdown(_ssl) & LibSsl.SSL_RECEIVED_SHUTDOWN) != 0)
            State = DtlsState.Closed;
    }

    /// <summary>Fails, and says nothing: who is there is not whom we talk to.</summary>
    private void Refuse(string why)
    {
        LibCrypto.ControlBio(_out, LibCrypto.BIO_CTRL_RESET, 0, null);
        Fail(why);
    }

    private void Fail(string why)
    {
        Failure = why;
        State = DtlsState.Failed;
    }
}
