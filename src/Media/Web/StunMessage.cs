using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Conference.Media.Web;

/// <summary>A STUN message and its attributes (RFC 8489), as it lies in a datagram.</summary>
/// <remarks><code>
/// |0 0|  type, 14   |  length of the attributes, 16  |
/// |            magic cookie 0x2112A442               |
/// |              transaction id, 96                  |
/// | attribute, 16 | length, 16 | value, up to the next word | ...
/// </code>
/// What stands behind MESSAGE-INTEGRITY is not signed by it, and counts for nothing but FINGERPRINT, which is the last one.
/// </remarks>
internal readonly ref struct StunMessage
{
    public const int HeaderBytes = 20;
    public const int AttributeHeaderBytes = 4;

    /// <summary>No longer message is read: a datagram that fits into an Ethernet frame is shorter.</summary>
    public const int MaxBytes = 1500;

    public const int IntegrityBytes = AttributeHeaderBytes + HMACSHA1.HashSizeInBytes;
    public const int FingerprintBytes = AttributeHeaderBytes + 4;

    public const uint Cookie = 0x2112A442;

    private readonly ReadOnlySpan<byte> _bytes;

    // Where MESSAGE-INTEGRITY begins; 0 where there is none.
    private readonly int _integrityAt;

    private StunMessage(ReadOnlySpan<byte> bytes, int integrityAt, bool hasFingerprint, bool isUnderstood)
    {
        _bytes = bytes;
        _integrityAt = integrityAt;
        HasFingerprint = hasFingerprint;
        IsUnderstood = isUnderstood;
    }

    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public ReadOnlySpan<byte> TransactionId => _bytes.Slice(8, 12);

    public bool HasIntegrity => _integrityAt > 0;

    /// <summary>There is a FINGERPRINT. A message whose FINGERPRINT is wrong is not read at all.</summary>
    public bool HasFingerprint { get; }

    /// <summary>No attribute that one must know to answer (below 0x8000, RFC 8489 section 14) is unknown.</summary>
    public bool IsUnderstood { get; }

    /// <summary>False for what is no STUN message, whose attributes do not fill it, or whose FINGERPRINT is wrong or not at the end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (datagram.Length is < HeaderBytes or > MaxBytes || datagram[0] >> 6 != 0 || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != Cookie)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length % 4 != 0 || length != datagram.Length - HeaderBytes)
            return false;
        int integrityAt = 0;
        bool hasFingerprint = false;
        bool isUnderstood = true;
        for (int at = HeaderBytes; at < datagram.Length;)
        {
            // Both ends are whole words, so there is a header wherever there is a byte.
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
            int size = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            int next = at + AttributeHeaderBytes + Padded(size);
            if (next > datagram.Length)
                return false;
            switch (type)
            {
                case StunAttribute.Fingerprint:
                    if (size != 4 || next != datagram.Length || BinaryPrimitives.ReadUInt32BigEndian(datagram[(at + 4)..]) != StunFingerprint.Of(datagram[..at]))
                        return false;
                    hasFingerprint = true;
                    break;
                case StunAttribute.MessageIntegrity when integrityAt == 0:
                    if (size != HMACSHA1.HashSizeInBytes)
                        return false;
                    integrityAt = at;
                    break;
                default:
                    isUnderstood &= integrityAt > 0 || StunAttribute.IsKnownOrOptional(type);
                    break;
            }

            at = next;
        }

        message = new StunMessage(datagram, integrityAt, hasFingerprint, isUnderstood);
        return true;
    }

    /// <summary>The first attribute of a type among those that are signed; among all, where nothing is.</summary>
    public bool TryFind(ushort attribute, out ReadOnlySpan<byte> value)
    {
        int end = HasIntegrity ? _integrityAt : _bytes.Length;
        for (int at = HeaderBytes; at < end;)
        {
            int size = BinaryPrimitives.ReadUInt16BigEndian(_bytes[(at + 2)..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) == attribute)
            {
                value = _bytes.Slice(at + AttributeHeaderBytes, size);
                return true;
            }

            at += AttributeHeaderBytes + Padded(size);
        }

        value = default;
        return false;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is what this password makes (short-term credentials, RFC 8489 section 9.1). Takes as long whatever
    /// the difference.</summary>
    public bool IsSignedWith(ReadOnlySpan<byte> password)
    {
        if (!HasIntegrity)
            return false;
        // It was signed when the message ended behind this attribute, and its length said so.
        Span<byte> signed = stackalloc byte[_integrityAt];
        _bytes[.._integrityAt].CopyTo(signed);
        BinaryPrimitives.WriteUInt16BigEndian(signed[2..], (ushort)(_integrityAt + IntegrityBytes - HeaderBytes));
        Span<byte> expected = stackalloc byte[HMACSHA1.HashSizeInBytes];
        Sign(signed, password, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _bytes.Slice(_integrityAt + AttributeHeaderBytes, HMACSHA1.HashSizeInBytes));
    }

#pragma warning disable CA5350 // HMAC-SHA1 is what ICE signs by (RFC 8445 section 7.1.2); no browser sends MESSAGE-INTEGRITY-SHA256.
    public static void Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> password, Span<byte> signature) =>
        HMACSHA1.HashData(password, message, signature);
#pragma warning restore CA5350

    private static int Padded(int size) => (size + 3) & ~3;
}
