using System.Buffers.Binary;
using System.Diagnostics;

namespace Conference.Integration.Tests.Media;

/// <summary>What a decoder makes of frames: the number each picture shows.</summary>
internal static class Pictures
{
    private const int Bars = 16;

    /// <summary>Decodes frames in order; one number for each frame that became a picture, beside the one it should show.</summary>
    public static async Task<List<(int Expected, int Shown)>> ReadAsync(IReadOnlyList<(uint Timestamp, byte[] Bytes)> frames)
    {
        string file = Path.GetTempFileName() + ".ivf";
        try
        {
            await File.WriteAllBytesAsync(file, Ivf(frames));
            using var decoder = Process.Start(new ProcessStartInfo(
                "ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-fps_mode", "passthrough", "-vf", "scale=16:1:flags=area", "-f", "rawvideo", "-pix_fmt", "gray", "-"])
            { RedirectStandardOutput = true })!;
            using var output = new MemoryStream();
            await decoder.StandardOutput.BaseStream.CopyToAsync(output);
            await decoder.WaitForExitAsync();
            byte[] bars = output.ToArray();
            return [.. Enumerable.Range(0, bars.Length / Bars).Select(i => ((int)(frames[i].Timestamp / 3000), NumberOf(bars.AsSpan(i * Bars, Bars))))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int NumberOf(ReadOnlySpan<byte> bars)
    {
        int number = 0;
        for (int i = 0; i < Bars; i++)
            number |= bars[i] > 125 ? 1 << i : 0;
        return number;
    }

    private static byte[] Ivf(IReadOnlyList<(uint Timestamp, byte[] Bytes)> frames)
    {
        using var stream = new MemoryStream();
        byte[] head = new byte[32];
        "DKIF"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), 32);
        "VP80"u8.CopyTo(head.AsSpan(8));
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(12), 320);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(14), 240);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(16), 30);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(24), (uint)frames.Count);
        stream.Write(head);
        foreach ((uint timestamp, byte[] bytes) in frames)
        {
            byte[] frame = new byte[12];
            BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(4), timestamp / 3000);
            stream.Write(frame);
            stream.Write(bytes);
        }

        return stream.ToArray();
    }
}
