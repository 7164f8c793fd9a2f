using System.Buffers.Binary;

namespace Conference.Media.Web;

/// <summary>Writes the nonces of one session key. None may come twice: each is the packet's SSRC and index, mixed with a secret salt.</summary>
/// <remarks><code>
/// GCM, RFC 7714 sections 8.1 and 9.1        | 0, 16 | SSRC, 32 | index, 48 |
/// CM, RFC 3711 section 4.1.1                | 0, 32 | SSRC, 32 | index, 48 | 0, 16: the cipher counts blocks here |
/// </code>
/// The salt is mixed in from the left. An SRTP index is rollover counter and sequence number; an SRTCP index has 31 bits.</remarks>
internal readonly struct SrtpNonce(SrtpKeys keys)
{
    public const int MaxBytes = 16;

    private readonly ReadOnlyMemory<byte> _salt = keys.Salt;
    private readonly int _bytes = keys.Profile.NonceBytes;
    private readonly int _ssrcAt = keys.Profile.IsAead ? 2 : 4;

    /// <param name="into"><see cref="MaxBytes"/>.</param>
    public ReadOnlySpan<byte> Write(Span<byte> into, uint ssrc, long index)
    {
        into.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(into[_ssrcAt..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(into[(_ssrcAt + 4)..], (uint)(index >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(into[(_ssrcAt + 8)..], (ushort)index);
        ReadOnlySpan<byte> salt = _salt.Span;
        for (int i = 0; i < salt.Length; i++)
            into[i] ^= salt[i];
        return into[.._bytes];
    }
}
