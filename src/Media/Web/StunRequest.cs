using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Conference.Media.Web;

/// <summary>
/// A connectivity check of a browser (RFC 8445 section 7): a binding request that names both sides and is signed with our password. All that
/// an ICE-lite agent does is to answer it.
/// </summary>
/// <remarks>Nothing here answers who does not know the password: no error response says what was wrong, so that nobody is told whose ufrags
/// there are, and nobody is sent what they have not asked for.</remarks>
internal readonly ref struct StunRequest
{
    /// <summary>What the longest answer takes.</summary>
    public const int MaxAnswerBytes = StunMessage.HeaderBytes + 24 + StunMessage.IntegrityBytes + StunMessage.FingerprintBytes;

    private const ushort BindingRequest = 0x0001;
    private const ushort BindingSuccess = 0x0101;
    private const int FamilyV4 = 1;
    private const int FamilyV6 = 2;

    private readonly StunMessage _message;

    private StunRequest(StunMessage message, ReadOnlySpan<byte> localUfrag)
    {
        _message = message;
        LocalUfrag = localUfrag;
    }

    /// <summary>Whom it is for: the part of USERNAME before the colon, which an answer of ours has given out.</summary>
    public ReadOnlySpan<byte> LocalUfrag { get; }

    /// <summary>The browser wants media to take this path from now on.</summary>
    public bool IsNominating => _message.TryFind(StunAttribute.UseCandidate, out _);

    public StunTransaction Transaction => StunTransaction.Read(_message.TransactionId);

    /// <summary>False for all that is no check an ICE agent would send. Nothing is authentic yet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunRequest request)
    {
        request = default;
        // No check is shorter than the longest answer: it has a username, a priority, a signature and a fingerprint. So no answer is longer
        // than its question, whatever somebody leaves out.
        if (datagram.Length < MaxAnswerBytes || !StunMessage.TryRead(datagram, out StunMessage message) || message.Type != BindingRequest)
            return false;
        if (!message.HasIntegrity || !message.HasFingerprint || !message.IsUnderstood || !message.TryFind(StunAttribute.Username, out ReadOnlySpan<byte> username))
            return false;
        int colon = username.IndexOf((byte)':');
        if (colon <= 0)
            return false;
        request = new StunRequest(message, username[..colon]);
        return true;
    }

    /// <summary>Answers who has signed with the password, by where their datagram came from.</summary>
    /// <param name="password">That belongs to <see cref="LocalUfrag"/>.</param>
    /// <param name="into">At least <see cref="MaxAnswerBytes"/>.</param>
    /// <returns>The answer's length, never more than the question's; 0, and nothing is written, where it is not signed so.</returns>
    public int Answer(ReadOnlySpan<byte> password, AddressKey address, ushort port, Span<byte> into)
    {
        if (!_message.IsSignedWith(password))
            return 0;
        BinaryPrimitives.WriteUInt16BigEndian(into, BindingSuccess);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], StunMessage.Cookie);
        _message.TransactionId.CopyTo(into[8..]);
        int length = StunMessage.HeaderBytes;
        length += WriteMappedAddress(into[length..], into[4..StunMessage.HeaderBytes], address, port);
        length = WriteIntegrity(into, length, password);
        return WriteFingerprint(into, length);
    }

    /// <remarks><code>| 0x0020, 16 | length, 16 | 0, 8 | family, 8 | port, 16 | address |</code> mixed with the cookie, and IPv6 with the
    /// transaction id too (RFC 8489 section 14.2).</remarks>
    private static int WriteMappedAddress(Span<byte> attribute, ReadOnlySpan<byte> cookieAndTransaction, AddressKey address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], address.Low);
        if (address.IsV4)
            bytes = bytes[12..];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, StunAttribute.XorMappedAddress);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)(4 + bytes.Length));
        attribute[4] = 0;
        attribute[5] = (byte)(address.IsV4 ? FamilyV4 : FamilyV6);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[6..], (ushort)(port ^ (StunMessage.Cookie >> 16)));
        for (int i = 0; i < bytes.Length; i++)
            attribute[8 + i] = (byte)(bytes[i] ^ cookieAndTransaction[i]);
        return 8 + bytes.Length;
    }

    private static int WriteIntegrity(Span<byte> message, int at, ReadOnlySpan<byte> password)
    {
        WriteLength(message, at + StunMessage.IntegrityBytes);
        BinaryPrimitives.WriteUInt16BigEndian(message[at..], StunAttribute.MessageIntegrity);
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + 2)..], HMACSHA1.HashSizeInBytes);
        StunMessage.Sign(message[..at], password, message[(at + StunMessage.AttributeHeaderBytes)..]);
        return at + StunMessage.IntegrityBytes;
    }

    private static int WriteFingerprint(Span<byte> message, int at)
    {
        WriteLength(message, at + StunMessage.FingerprintBytes);
        BinaryPrimitives.WriteUInt16BigEndian(message[at..], StunAttribute.Fingerprint);
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + 2)..], 4);
        BinaryPrimitives.WriteUInt32BigEndian(message[(at + 4)..], StunFingerprint.Of(message[..at]));
        return at + StunMessage.FingerprintBytes;
    }

    private static void WriteLength(Span<byte> message, int end) =>
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)(end - StunMessage.HeaderBytes));
}
