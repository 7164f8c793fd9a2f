using System.Security.Cryptography;

namespace Conference.Node.Akka;

/// <summary>
/// Seals a key with a secret that people chose:
/// <code>
/// salt 16 bytes | nonce 12 | tag 16 | ciphertext        key = PBKDF2-HMAC-SHA-256(secret, salt, 600,000), AES-256-GCM
/// </code>
/// </summary>
internal static class KeySeal
{
    private const int SaltBytes = 16;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    /// <summary>Some tenths of a second, once per start: guesses against a stolen backup cost as much.</summary>
    private const int Rounds = 600_000;

    public static byte[] Seal(byte[] plain, string secret)
    {
        byte[] result = new byte[SaltBytes + NonceBytes + TagBytes + plain.Length];
        var (salt, nonce, tag, cipher) = Split(result);
        RandomNumberGenerator.Fill(salt.Span);
        RandomNumberGenerator.Fill(nonce.Span);
        using var aes = new AesGcm(Key(secret, salt.Span), TagBytes);
        aes.Encrypt(nonce.Span, plain, cipher.Span, tag.Span);
        return result;
    }

    /// <returns>Null: it was sealed with another secret, or is damaged.</returns>
    public static byte[]? Open(byte[] sealedBytes, string secret)
    {
        if (sealedBytes.Length < SaltBytes + NonceBytes + TagBytes)
            return null;
        var (salt, nonce, tag, cipher) = Split(sealedBytes);
        byte[] plain = new byte[cipher.Length];
        using var aes = new AesGcm(Key(secret, salt.Span), TagBytes);
        try
        {
            aes.Decrypt(nonce.Span, cipher.Span, tag.Span, plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Key(string secret, ReadOnlySpan<byte> salt) => Rfc2898DeriveBytes.Pbkdf2(secret, salt, Rounds, HashAlgorithmName.SHA256, KeyBytes);

    private static (Memory<byte> Salt, Memory<byte> Nonce, Memory<byte> Tag, Memory<byte> Cipher) Split(byte[] bytes) => (
        bytes.AsMemory(0, SaltBytes), bytes.AsMemory(SaltBytes, NonceBytes), bytes.AsMemory(SaltBytes + NonceBytes, TagBytes),
        bytes.AsMemory(SaltBytes + NonceBytes + TagBytes));
}
