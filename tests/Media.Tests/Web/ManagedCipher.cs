using System.Buffers.Binary;
using System.Security.Cryptography;
using Conference.Media.Web;

namespace Conference.Media.Tests.Web;

/// <summary>The same as SrtpCipher, by .NET's own classes: plain, slow, and what the other is held against.</summary>
internal sealed class ManagedCipher(SrtpKeys keys) : ISrtpCipher
{
    public static ISrtpCipher Create(SrtpKeys keys) => new ManagedCipher(keys);

    public bool TrySeal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> plain, Span<byte> @sealed, Span<byte> tag)
    {
        if (keys.Profile.IsAead)
        {
            using var gcm = new AesGcm(keys.Cipher.Span, tag.Length);
            gcm.Encrypt(nonce, plain, @sealed, tag, [.. header, .. trailer]);
            return true;
        }

        Mix(nonce, plain, @sealed);
        Mac(header, @sealed, trailer).AsSpan(0, tag.Length).CopyTo(tag);
        return true;
    }

    public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> header, ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> @sealed, Span<byte> plain, ReadOnlySpan<byte> tag)
    {
        if (keys.Profile.IsAead)
        {
            using var gcm = new AesGcm(keys.Cipher.Span, tag.Length);
            try
            {
                gcm.Decrypt(nonce, @sealed, tag, plain, [.. header, .. trailer]);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }

        if (!Mac(header, @sealed, trailer).AsSpan(0, tag.Length).SequenceEqual(tag))
            return false;
        Mix(nonce, @sealed, plain);
        return true;
    }

    public void Dispose()
    {
    }

    private byte[] Mac(ReadOnlySpan<byte> header, ReadOnlySpan<byte> text, ReadOnlySpan<byte> trailer) =>
        HMACSHA1.HashData(keys.Authentication.Span, (byte[])[.. header, .. text, .. trailer]);

    private void Mix(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> from, Span<byte> to)
    {
        using var aes = Aes.Create();
        aes.Key = keys.Cipher.ToArray();
        byte[] counter = nonce.ToArray();
        for (int at = 0; at < from.Length; at++)
        {
            if (at % 16 == 0)
                BinaryPrimitives.WriteUInt16BigEndian(counter.AsSpan(14), (ushort)(at / 16));
            to[at] = (byte)(from[at] ^ aes.EncryptEcb(counter, PaddingMode.None)[at % 16]);
        }
    }
}
