using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Conference.Media;

/// <summary>
/// Eight bytes that a datagram may begin with: a port that was given the token, see <see cref="IMediaPlane.Roam"/>, takes whoever sends them
/// for its client, wherever they come from. One token may be given to several ports; each takes it once, and all from the address that
/// showed it first.
/// </summary>
/// <remarks>A token is seen on its way by anybody in between. What they can do with it is nothing on the port it was shown to, and
/// nothing elsewhere without sending from the same address.</remarks>
public sealed class RoamToken
{
    public const int Length = 8;

    // No datagram of RTP, RTCP, STUN or DTLS begins like this.
    internal const byte LeastFirstByte = 0xC0;

    private readonly ulong _bits;
    private readonly Lock _gate = new();
    private AddressKey? _shownFrom;

    private RoamToken(ulong bits) => _bits = bits;

    /// <summary>A new one, that nobody can guess.</summary>
    public static RoamToken Create()
    {
        Span<byte> bytes = stackalloc byte[Length];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] |= LeastFirstByte;
        return new RoamToken(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Sixteen hexadecimal digits. A secret between the client and this server.</summary>
    public string ToHex() => _bits.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Somebody has shown it.</summary>
    internal bool IsShown
    {
        get
        {
            lock (_gate)
                return _shownFrom is not null;
        }
    }

    /// <summary>What a datagram begins with, where that might be a token; 0, which is none, where it cannot.</summary>
    internal static ulong Read(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= Length && datagram[0] >= LeastFirstByte ? BinaryPrimitives.ReadUInt64BigEndian(datagram) : 0;

    internal bool Is(ulong bits) => _bits == bits;

    internal ulong Bits => _bits;

    /// <summary>Whether it counts when it is shown from an address.</summary>
    /// <param name="isFirst">Nobody had shown it before.</param>
    internal bool Show(AddressKey from, out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = _shownFrom is null;
            _shownFrom ??= from;
            return _shownFrom == from;
        }
    }
}
