using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Conference.Media.Trunks;

/// <summary>AES-128-GCM under one key, for one thread.</summary>
/// <remarks>
/// A nonce must never come twice under a key. It is a secret salt, with the sending loop, the receiving loop and the
/// counter mixed in: each pair of loops counts by itself, with no lock, and never meets another. The other direction has a key of
/// its own. As everything in the header is in the nonce or names the key, nothing need be authenticated besides.
/// </remarks>
internal sealed class TrunkCipher : IDisposable
{
    private const int KeyBytes = 16;
    private const int NonceBytes = 12;

    private readonly AesGcm _gcm;
    private readonly ulong _saltHigh;
    private readonly uint _saltLow;

    /// <param name="secret"><see cref="TrunkOffer.SecretBytes"/> bytes.</param>
    public TrunkCipher(ReadOnlySpan<byte> secret)
    {
        Span<byte> derived = stackalloc byte[KeyBytes + NonceBytes];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, derived, "conference trunk 1"u8);
        _gcm = new AesGcm(derived[..KeyBytes], TrunkDatagram.TagBytes);
        _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(derived[KeyBytes..]);
        _saltLow = BinaryPrimitives.ReadUInt32BigEndian(derived[(KeyBytes + 8)..]);
        CryptographicOperations.ZeroMemory(derived);
    }

    /// <summary>Seals where it lies.</summary>
    /// <param name="header">Of the datagram.</param>
    /// <param name="receiver">The loop it goes to.</param>
    /// <param name="text">Plain, then sealed.</param>
    /// <param name="tag">Written.</param>
    public void Seal(in TrunkHeader header, byte receiver, Span<byte> text, Span<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, header, receiver);
        _gcm.Encrypt(nonce, text, text, tag);
    }

    /// <summary>Opens where it lies.</summary>
    /// <returns>False when it was not sealed so; the text is then nothing.</returns>
    public bool TryOpen(in TrunkHeader header, byte receiver, Span<byte> text, ReadOnlySpan<byte> tag)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, header, receiver);
        try
        {
            _gcm.Decrypt(nonce, text, tag, text);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // .NET reports a wrong tag only by an exception, which costs about as much as three valid datagrams.
            return false;
        }
    }

    public void Dispose() => _gcm.Dispose();

    private void WriteNonce(Span<byte> nonce, in TrunkHeader header, byte receiver)
    {
        BinaryPrimitives.WriteUInt64BigEndian(nonce, _saltHigh ^ (((ulong)header.Loop << 8) | receiver));
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], _saltLow ^ header.Counter);
    }
}
