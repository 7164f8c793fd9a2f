using System.Buffers.Binary;
using Conference.Media.Rtp;

namespace Conference.Media.Selection;

/// <summary>Sender reports in a track's numbers: RFC 3550 section 6.4.1.</summary>
/// <remarks><code>|V=2|P| RC | 200 | length | SSRC | NTP, 64 bits | RTP timestamp | packets | octets |</code></remarks>
internal static class TrackReport
{
    public const int Length = 28;

    /// <summary>A passing compound whose reports are about the track's current source.</summary>
    public static void Rewrite(Span<byte> compound, OutgoingTrack track)
    {
        uint shown = track.Current!.Shown;
        if (RtcpCompound.TryParse(compound, out RtcpCompound packets))
        {
            foreach (RtcpPacket packet in packets)
            {
                Span<byte> bytes = compound.Slice(packet.Offset, packet.Length);
                if (packet.Type != RtcpType.SenderReport || packet.Length < Length || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != shown)
                    continue;
                uint timestamp = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]) + track.TimestampOffset;
                BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], timestamp);
                Counts(bytes, track);
            }
        }

        if (shown != track.Ssrc)
            RtcpSsrcs.Rewrite(compound, new Swap(shown, track.Ssrc));
    }

    /// <summary>A report of our own, for a receiver whose track has just changed its source.</summary>
    public static bool TryWrite(Span<byte> into, OutgoingTrack track, long now)
    {
        if (track.Current?.Report is not { } last)
            return false;
        SenderReport report = LayerTimeline.At(last, now);
        into[0] = 0x80;
        into[1] = RtcpType.SenderReport;
        BinaryPrimitives.WriteUInt16BigEndian(into[2..], Length / 4 - 1);
        BinaryPrimitives.WriteUInt32BigEndian(into[4..], track.Ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(into[8..], report.Ntp);
        BinaryPrimitives.WriteUInt32BigEndian(into[16..], report.Timestamp + track.TimestampOffset);
        Counts(into, track);
        return true;
    }

    private static void Counts(Span<byte> report, OutgoingTrack track)
    {
        BinaryPrimitives.WriteUInt32BigEndian(report[20..], (uint)track.Packets);
        BinaryPrimitives.WriteUInt32BigEndian(report[24..], (uint)track.PayloadBytes);
    }

    private readonly struct Swap(uint from, uint to) : ISsrcMap
    {
        public uint Map(uint ssrc) => ssrc == from ? to : ssrc;
    }
}
