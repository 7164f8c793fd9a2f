using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Conference.Media.Tests.Support;

/// <summary>What ffmpeg's encoders and payloaders make of a test picture of 30 frames a second; and what its decoders make of what came through.</summary>
internal static class FfmpegStream
{
    public const double TicksPerSecond = 90_000;

    // A loaded machine may lose a datagram even on loopback.
    private const int MostAttempts = 5;

    /// <summary>The packets, in order, all of them.</summary>
    /// <param name="seconds">How much of it.</param>
    /// <param name="payloadType">Told to ffmpeg's payloader.</param>
    /// <param name="encoder">Options from <c>-c:v</c> on.</param>
    public static List<byte[]> Encode(int seconds, int payloadType, string encoder)
    {
        for (int attempt = 1; ; attempt++)
        {
            List<byte[]> packets = Capture(seconds, payloadType, encoder);
            ushort[] numbers = [.. packets.Select(p => BinaryPrimitives.ReadUInt16BigEndian(p.AsSpan(2)))];
            bool isWhole = packets.Select(TimestampOf).Distinct().Count() == seconds * 30 && numbers.Zip(numbers.Skip(1)).All(n => (ushort)(n.First + 1) == n.Second);
            if (isWhole)
                return packets;
            Assert.True(attempt < MostAttempts, $"{packets.Count} packets and a gap among them");
        }
    }

    public static uint TimestampOf(byte[] packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(4));

    /// <summary>Decodes H.264; what ffmpeg had to complain of, and how many pictures there were.</summary>
    public static (string Errors, int Pictures) DecodeH264(IEnumerable<byte[]> packets) => Decode(AnnexB(packets), "h264");

    /// <summary>The same of VP9 without layers.</summary>
    public static (string Errors, int Pictures) DecodeVp9(IEnumerable<byte[]> packets)
    {
        using var file = new MemoryStream();
        byte[] head = new byte[32];
        "DKIF\0\0\x20\0VP90"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), 30);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), 1);
        file.Write(head);
        byte[] frameHead = new byte[12];
        // ffmpeg's descriptor is one byte, or three with a long picture id.
        foreach (var frame in packets.GroupBy(TimestampOf))
        {
            byte[] bytes = [.. frame.SelectMany(p => p[(12 + ((p[12] & 0x80) == 0 ? 1 : (p[13] & 0x80) == 0 ? 2 : 3))..])];
            BinaryPrimitives.WriteInt32LittleEndian(frameHead, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(frameHead.AsSpan(4), frame.Key);
            file.Write(frameHead);
            file.Write(bytes);
        }

        return Decode(file.ToArray(), "ivf");
    }

    private static List<byte[]> Capture(int seconds, int payloadType, string encoder)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, ReceiveTimeout = 200 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        using var ffmpeg = Process.Start(new ProcessStartInfo(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=352x288:rate=30", "-t", $"{seconds}", "-pix_fmt", "yuv420p",
                .. encoder.Split(' '), "-b:v", "300k", "-strict", "experimental", "-payload_type", $"{payloadType}", "-sdp_file", "/dev/null",
                "-f", "rtp", $"rtp://127.0.0.1:{port}?pkt_size=1200&rtcpport={port}",
            ])
        { RedirectStandardError = true })!;
        List<byte[]> packets = [];
        byte[] buffer = new byte[2048];
        for (bool goesOn = true; goesOn;)
        {
            goesOn = !ffmpeg.HasExited;
            try
            {
                for (int length; (length = socket.Receive(buffer)) > 0;)
                {
                    if (buffer[1] is < 192 or > 223)
                        packets.Add(buffer[..length]);
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut)
            {
            }
        }

        Assert.Equal((0, ""), (ffmpeg.ExitCode, ffmpeg.StandardError.ReadToEnd()));
        return packets;
    }

    private static byte[] AnnexB(IEnumerable<byte[]> packets)
    {
        using var stream = new MemoryStream();
        foreach (byte[] packet in packets)
        {
            ReadOnlySpan<byte> payload = packet.AsSpan(12);
            switch (payload[0] & 0x1F)
            {
                case 24:
                    for (payload = payload[1..]; payload.Length > 2; payload = payload[(2 + BinaryPrimitives.ReadUInt16BigEndian(payload))..])
                        Unit(payload.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(payload)));
                    break;
                case 28 when (payload[1] & 0x80) != 0:
                    Unit([(byte)((payload[0] & 0xE0) | (payload[1] & 0x1F)), .. payload[2..]]);
                    break;
                case 28:
                    stream.Write(payload[2..]);
                    break;
                default:
                    Unit(payload);
                    break;
            }
        }

        return stream.ToArray();

        void Unit(ReadOnlySpan<byte> unit)
        {
            stream.Write([0, 0, 0, 1]);
            stream.Write(unit);
        }
    }

    private static (string Errors, int Pictures) Decode(byte[] bytes, string format)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            using var decoder = Process.Start(new ProcessStartInfo(
                "ffmpeg", ["-nostdin", "-v", "error", "-err_detect", "explode", "-f", format, "-i", file, "-fps_mode", "passthrough", "-vf", "scale=1:1", "-pix_fmt", "gray", "-f", "rawvideo", "-"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = decoder.StandardError.ReadToEndAsync();
            using var pictures = new MemoryStream();
            decoder.StandardOutput.BaseStream.CopyTo(pictures);
            decoder.WaitForExit();
            return (errors.Result, (int)pictures.Length);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
