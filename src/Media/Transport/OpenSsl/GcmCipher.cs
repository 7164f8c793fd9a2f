using System.Security.Cryptography;
using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>AES-128-GCM under one key (RFC 7714): the trailer is more of what is authenticated and not hidden.</summary>
internal sealed unsafe class GcmCipher : ISrtpCipher
{
    private readonly CipherHandle _handle = LibCrypto.NewCipher();
    private readonly nint _cipher;

    public GcmCipher(SrtpKeys keys)
    {
        _cipher = _handle.DangerousGetHandle();
        fixed (byte* key = keys.Cipher.Span)
        {
            if (_handle.IsInvalid || LibCrypto.CipherInit(_cipher, LibCrypto.Aes128Gcm(), 0, key, null, 1) != 1)
                throw new CryptographicException($"OpenSSL has no AES-128-GCM: {LibCrypto.TakeErrors()}");
        }
    }

    public bool TrySeal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> plain, Span<byte> @sealed, Span<byte> tag)
    {
        int written;
        byte* rest = stackalloc byte[16];
        fixed (byte* to = tag)
        {
            bool isSealed = TryRun(nonce, header, trailer, plain, @sealed, encrypts: 1)
                && LibCrypto.CipherFinal(_cipher, rest, &written) == 1
                && LibCrypto.CipherControl(_cipher, LibCrypto.EVP_CTRL_AEAD_GET_TAG, tag.Length, to) == 1;
            GC.KeepAlive(_handle);
            return isSealed;
        }
    }

    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> @sealed, Span<byte> plain, ReadOnlySpan<byte> tag)
    {
        int written;
        byte* rest = stackalloc byte[16];
        fixed (byte* expected = tag)
        {
            bool isOpen = TryRun(nonce, header, trailer, @sealed, plain, encrypts: 0)
                && LibCrypto.CipherControl(_cipher, LibCrypto.EVP_CTRL_AEAD_SET_TAG, tag.Length, expected) == 1
                && LibCrypto.CipherFinal(_cipher, rest, &written) == 1;
            GC.KeepAlive(_handle);
            return isOpen;
        }
    }

    public void Dispose() => _handle.Dispose();

    private bool TryRun(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> input, Span<byte> output, int encrypts)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        // OpenSSL trusts the lengths it is told.
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        int written;
        fixed (byte* n = nonce, h = header, t = trailer, from = input, to = output)
        {
            // Where there is no output, the input is authenticated only: an empty text must not be handed over.
            return LibCrypto.CipherInit(_cipher, 0, 0, null, n, encrypts) == 1
                && LibCrypto.CipherUpdate(_cipher, null, &written, h, header.Length) == 1
                && (trailer.IsEmpty || LibCrypto.CipherUpdate(_cipher, null, &written, t, trailer.Length) == 1)
                && (input.IsEmpty || LibCrypto.CipherUpdate(_cipher, to, &written, from, input.Length) == 1);
        }
    }
}
