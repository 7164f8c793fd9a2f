using System.Buffers.Binary;
using Conference.Actors.Cluster;

namespace Conference.Node.Links;

/// <summary>
/// frame = length (3 bytes, little endian; of the body) kind (1 byte) body. A WebSocket message is one or more whole frames: those
/// that had come together when the sender had time.
/// </summary>
internal static class LinkFrame
{
    public const int HeaderBytes = 4;

    public const int PingBytes = 8;

    public static int Write(Span<byte> output, FrameKind kind, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(output, (uint)body.Length | ((uint)kind << 24));
        body.CopyTo(output[HeaderBytes..]);
        return HeaderBytes + body.Length;
    }

    /// <param name="header">Of a frame; its first four bytes.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="length">Of its body.</param>
    /// <returns>False when this is no frame: nothing that follows it means anything.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, out FrameKind kind, out int length)
    {
        uint word = BinaryPrimitives.ReadUInt32LittleEndian(header);
        kind = (FrameKind)(word >> 24);
        length = (int)(word & 0xFF_FFFF);
        return kind switch
        {
            FrameKind.Message => length <= INodeLinks.MaxMessageBytes,
            FrameKind.Ping or FrameKind.Pong => length == PingBytes,
            _ => false,
        };
    }
}
