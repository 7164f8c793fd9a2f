using System.Buffers.Binary;
using Conference.Media.Speech;
using Conference.Media.Streams;
using Conference.Protocol.Rtp;

namespace Conference.Media.Web;

/// <summary>
/// Packet headers between a room and one browser. Of what a sender says in header extensions only the audio level means something to others;
/// a browser is told when each packet was sent, by which it estimates what it can take.
/// </summary>
/// <remarks>
/// A browser is sent the one-byte form of RFC 8285, always as long for one kind of media, so that packets are uniform:
/// <code>
/// | fixed header, 96 | 0xBEDE | words | id, 4 | 2, 4 | seconds, 6.18 bits | id, 4 | 0, 4 | level, 8 | 0 | 0 |
/// </code>
/// CSRCs are left out: nobody mixes here.
/// </remarks>
/// <param name="sendTimeId">The id that the browser has given abs-send-time, 1 to 14; anything else where it has none.</param>
/// <param name="audioLevelId">The same of the audio level (RFC 6464).</param>
internal readonly struct WebHeader(int sendTimeId, int audioLevelId)
{
    /// <summary>What the longest header takes.</summary>
    public const int MaxBytes = RtpPacket.HeaderLength + ExtensionHeaderBytes + SendTimeBytes + LevelBytes;

    private const int ExtensionHeaderBytes = 4;
    private const int SendTimeBytes = 4;
    private const int LevelBytes = 4;
    private const ushort OneByteProfile = 0xBEDE;
    private const byte ExtensionBit = 0x10;
    private const byte PaddingBit = 0x20;

    /// <summary>Where nothing is agreed on, people say 1 to the audio level; so does the room.</summary>
    private const int RoomLevelId = 1;

    private readonly int _sendTimeId = sendTimeId is >= 1 and <= 14 ? sendTimeId : 0;
    private readonly int _audioLevelId = audioLevelId is >= 1 and <= 14 ? audioLevelId : 0;

    /// <summary>Writes the header a browser gets for a packet of the room.</summary>
    /// <param name="packet">As the room has it.</param>
    /// <param name="rtp">The same, read.</param>
    /// <param name="shown">The numbers the browser is to see.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="into">At least <see cref="MaxBytes"/>; not the packet itself.</param>
    /// <returns>The header's length; the payload is to stand behind it, with its padding.</returns>
    public int Write(ReadOnlySpan<byte> packet, in RtpPacket rtp, in RtpPacket shown, long now, Span<byte> into)
    {
        bool hasLevel = _audioLevelId > 0;
        int words = (_sendTimeId > 0 ? 1 : 0) + (hasLevel ? 1 : 0);
        Begin(packet, shown, words, into);
        int at = RtpPacket.HeaderLength + ExtensionHeaderBytes;
        if (_sendTimeId > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(into[at..], ((uint)_sendTimeId << 28) | (2 << 24) | SendTime(now));
            at += SendTimeBytes;
        }

        if (hasLevel)
        {
            // 127, silence, where it is not known: the header must not be shorter for it.
            AudioLevel.TryRead(rtp, packet, out int level);
            WriteLevel(into[at..], _audioLevelId, (byte)level);
            at += LevelBytes;
        }

        return words > 0 ? at : RtpPacket.HeaderLength;
    }

    /// <summary>Makes a browser's packet the room's, where it lies: the payload stays where it is, and the header, which is no longer than before, is
    /// written in front of it.</summary>
    /// <param name="packet">As the browser has sent it.</param>
    /// <param name="rtp">The same, read.</param>
    /// <param name="payloadType">The room's.</param>
    /// <returns>Where in <paramref name="packet"/> it begins now.</returns>
    public int ToRoom(Span<byte> packet, in RtpPacket rtp, byte payloadType)
    {
        bool hasLevel = TryFindLevel(packet, rtp, out byte level);
        int length = RtpPacket.HeaderLength + (hasLevel ? ExtensionHeaderBytes + LevelBytes : 0);
        Span<byte> header = stackalloc byte[RtpPacket.HeaderLength + ExtensionHeaderBytes + LevelBytes];
        Begin(packet, rtp with { PayloadType = payloadType }, hasLevel ? 1 : 0, header);
        if (hasLevel)
            WriteLevel(header[(RtpPacket.HeaderLength + ExtensionHeaderBytes)..], RoomLevelId, level);
        int start = rtp.PayloadOffset - length;
        header[..length].CopyTo(packet[start..]);
        return start;
    }

    /// <summary>Seconds in 24 bits, 18 of them behind the point: they begin anew after 64.</summary>
    internal static uint SendTime(long now) => (uint)(((ulong)(now % (64 * Clock.Second)) << 18) / Clock.Second) & 0xFFFFFF;

    private static void Begin(ReadOnlySpan<byte> packet, in RtpPacket numbers, int words, Span<byte> into)
    {
        numbers.Write(into);
        into[0] |= (byte)(packet[0] & PaddingBit);
        if (words == 0)
            return;
        into[0] |= ExtensionBit;
        BinaryPrimitives.WriteUInt16BigEndian(into[RtpPacket.HeaderLength..], OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(into[(RtpPacket.HeaderLength + 2)..], (ushort)words);
    }

    // One byte of data, and two of padding.
    private static void WriteLevel(Span<byte> into, int id, byte level) =>
        BinaryPrimitives.WriteUInt32BigEndian(into, ((uint)id << 28) | ((uint)level << 16));

    private bool TryFindLevel(ReadOnlySpan<byte> packet, in RtpPacket rtp, out byte level)
    {
        level = 0;
        var elements = new HeaderElements(rtp, packet);
        while (_audioLevelId > 0 && elements.MoveNext())
        {
            if (elements.Id != _audioLevelId || elements.Data.Length != 1)
                continue;
            level = elements.Data[0];
            return true;
        }

        return false;
    }
}
