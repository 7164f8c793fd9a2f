using System.Buffers.Binary;
using Conference.Media.Layers;
using Conference.Media.Rtp;
using Conference.Protocol.Rtp;

namespace Conference.Media.Streams;

/// <summary>Sender reports in a track's numbers: RFC 3550 section 6.4.1.</summary>
internal static class TrackReport
{
    /// <summary>A passing compound whose reports are about the track's current source.</summary>
    public static void Rewrite(Span<byte> compound, OutgoingTrack track)
    {
        uint shown = track.Current!.Shown;
        if (RtcpCompound.TryParse(compound, out RtcpCompound packets))
        {
            foreach (RtcpPacket packet in packets)
            {
                Span<byte> bytes = compound.Slice(packet.Offset, packet.Length);
                if (packet.Type != RtcpType.SenderReport || packet.Length < SenderInfo.ReportLength
                    || BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) != shown)
                    continue;
                SenderInfo info = SenderInfo.Read(bytes);
                Info(info.Ntp, info.Timestamp, track).Write(bytes);
            }
        }

        if (shown != track.Ssrc)
            RtcpSsrcs.Rewrite(compound, new Swap(shown, track.Ssrc));
    }

    /// <summary>A report of our own, for a receiver whose track has just changed its source.</summary>
    /// <param name="into">Takes <see cref="SenderInfo.ReportLength"/>.</param>
    public static bool TryWrite(Span<byte> into, OutgoingTrack track, long now)
    {
        if (track.Current?.Report is not { } last)
            return false;
        SenderReport report = LayerTimeline.At(last, now);
        RtcpWriter.WriteHeader(into, 0, RtcpType.SenderReport, SenderInfo.ReportLength, track.Ssrc);
        Info(report.Ntp, report.Timestamp, track).Write(into);
        return true;
    }

    private static SenderInfo Info(ulong ntp, uint timestamp, OutgoingTrack track) =>
        new(ntp, timestamp + track.TimestampOffset, (uint)track.Packets, (uint)track.PayloadBytes);

    private readonly struct Swap(uint from, uint to) : ISsrcMap
    {
        public uint Map(uint ssrc) => ssrc == from ? to : ssrc;
    }
}
