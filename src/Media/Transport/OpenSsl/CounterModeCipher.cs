using System.Security.Cryptography;
using Conference.Media.Web;

namespace Conference.Media.Transport.OpenSsl;

/// <summary>AES-128 in counter mode with HMAC-SHA1 (RFC 3711 section 4): the tag is made of header, sealed text and trailer, and cut to its length.</summary>
internal sealed unsafe class CounterModeCipher : ISrtpCipher
{
    private readonly CipherHandle _cipherHandle = LibCrypto.NewCipher();
    private readonly HmacHandle _hmacHandle = LibCrypto.NewHmac();
    private readonly nint _cipher;
    private readonly nint _hmac;

    public CounterModeCipher(SrtpKeys keys)
    {
        _cipher = _cipherHandle.DangerousGetHandle();
        _hmac = _hmacHandle.DangerousGetHandle();
        fixed (byte* key = keys.Cipher.Span, authentication = keys.Authentication.Span)
        {
            bool isReady = !_cipherHandle.IsInvalid && !_hmacHandle.IsInvalid
                && LibCrypto.CipherInit(_cipher, LibCrypto.Aes128Ctr(), 0, key, null, 1) == 1
                && LibCrypto.HmacInit(_hmac, authentication, keys.Authentication.Length, LibCrypto.Sha1(), 0) == 1;
            if (!isReady)
                throw new CryptographicException($"OpenSSL has no AES-128-CTR or no HMAC-SHA1: {LibCrypto.TakeErrors()}");
        }
    }

    public bool TrySeal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> plain, Span<byte> @sealed, Span<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA1.HashSizeInBytes];
        if (!TryRun(nonce, plain, @sealed) || !TryAuthenticate(header, @sealed, trailer, whole))
            return false;
        whole[..tag.Length].CopyTo(tag);
        return true;
    }

    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> @sealed, Span<byte> plain, ReadOnlySpan<byte> tag)
    {
        Span<byte> whole = stackalloc byte[HMACSHA1.HashSizeInBytes];
        return TryAuthenticate(header, @sealed, trailer, whole) && CryptographicOperations.FixedTimeEquals(whole[..tag.Length], tag) && TryRun(nonce, @sealed, plain);
    }

    public void Dispose()
    {
        _cipherHandle.Dispose();
        _hmacHandle.Dispose();
    }

    // Counter mode is its own way back.
    private bool TryRun(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, Span<byte> output)
    {
        ObjectDisposedException.ThrowIf(_cipherHandle.IsClosed, this);
        // OpenSSL trusts the lengths it is told.
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Length, input.Length);
        int written;
        fixed (byte* n = nonce, from = input, to = output)
        {
            bool isDone = LibCrypto.CipherInit(_cipher, 0, 0, null, n, 1) == 1
                && (input.IsEmpty || LibCrypto.CipherUpdate(_cipher, to, &written, from, input.Length) == 1);
            GC.KeepAlive(_cipherHandle);
            return isDone;
        }
    }

    private bool TryAuthenticate(ReadOnlySpan<byte> header, ReadOnlySpan<byte> text, ReadOnlySpan<byte> trailer, Span<byte> tag)
    {
        ObjectDisposedException.ThrowIf(_hmacHandle.IsClosed, this);
        uint length;
        fixed (byte* h = header, s = text, t = trailer, to = tag)
        {
            // Without a key it begins anew under the one it has.
            bool isDone = LibCrypto.HmacInit(_hmac, null, 0, 0, 0) == 1
                && LibCrypto.HmacUpdate(_hmac, h, (nuint)header.Length) == 1
                && (text.IsEmpty || LibCrypto.HmacUpdate(_hmac, s, (nuint)text.Length) == 1)
                && LibCrypto.HmacUpdate(_hmac, t, (nuint)trailer.Length) == 1
                && LibCrypto.HmacFinal(_hmac, to, &length) == 1;
            GC.KeepAlive(_hmacHandle);
            return isDone;
        }
    }
}
