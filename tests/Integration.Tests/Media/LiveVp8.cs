using System.Buffers.Binary;
using System.Diagnostics;
using Conference.Protocol.Tests;

namespace Conference.Integration.Tests.Media;

/// <summary>A live VP8 encoder (vp8_live.c) that makes a keyframe when told to. Every picture shows its own number.</summary>
internal sealed class LiveVp8 : IDisposable
{
    private static readonly Lazy<string> _program = new(Build);
    private readonly Process _process;
    private readonly byte[] _head = new byte[8];

    public LiveVp8(int kilobits, bool layered)
    {
        _process = Process.Start(new ProcessStartInfo(_program.Value, ["320", "240", "30", $"{kilobits}", layered ? "1" : "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public Frame Next(bool keyframe)
    {
        _process.StandardInput.BaseStream.WriteByte((byte)(keyframe ? 'k' : 'f'));
        _process.StandardInput.BaseStream.Flush();
        Stream output = _process.StandardOutput.BaseStream;
        output.ReadExactly(_head);
        byte[] bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(_head)];
        output.ReadExactly(bytes);
        return new Frame(bytes, _head[4], _head[5] == 1, _head[6] == 1);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private static string Build()
    {
        string program = Path.Combine(Directory.CreateTempSubdirectory("conference-vp8-").FullName, "vp8_live");
        string source = RepositoryRoot.File("tests", "Integration.Tests", "Media", "vp8_live.c");
        using var compiler = Process.Start("gcc", ["-O2", "-Wall", "-Werror", "-o", program, source, "-lvpx"]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return program;
    }

    internal sealed record Frame(byte[] Bytes, int Layer, bool IsKeyframe, bool IsSync);
}

/// <summary>Frames to RTP, with the whole descriptor of RFC 7741.</summary>
internal sealed class Vp8Packets(uint ssrc)
{
    private const int MostPayload = 1000;
    private ushort _sequence = (ushort)(ssrc * 7);
    private ushort _picture;
    private byte _tl0;

    public List<byte[]> Of(LiveVp8.Frame frame, uint timestamp)
    {
        if (frame.Layer == 0)
            _tl0++;
        List<byte[]> packets = [];
        for (int at = 0; at < frame.Bytes.Length; at += MostPayload)
        {
            int length = Math.Min(MostPayload, frame.Bytes.Length - at);
            byte[] packet = new byte[18 + length];
            packet[0] = 0x80;
            packet[1] = (byte)(96 | (at + length == frame.Bytes.Length ? 0x80 : 0));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), _sequence++);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
            BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
            packet[12] = (byte)(0x80 | (at == 0 ? 0x10 : 0));
            packet[13] = 0xE0;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), (ushort)(0x8000 | (_picture & 0x7FFF)));
            packet[16] = _tl0;
            packet[17] = (byte)((frame.Layer << 6) | (frame.IsSync ? 0x20 : 0));
            frame.Bytes.AsSpan(at, length).CopyTo(packet.AsSpan(18));
            packets.Add(packet);
        }

        _picture++;
        return packets;
    }
}
