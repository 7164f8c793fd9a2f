using System.Buffers.Binary;

namespace Conference.Fuzz.Tests;

/// <summary>Makes new inputs of old ones; the same ones for the same seed.</summary>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> corpus)
{
    private static readonly ushort[] _interesting = [0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0xBEDE, 0x1000];

    public Random Random { get; } = new(seed);

    public byte[] Next()
    {
        byte[] bytes = [.. corpus[Random.Next(corpus.Count)]];
        for (int steps = Random.Next(0, 6); steps > 0; steps--)
            bytes = Mutate(bytes);
        return bytes.Length > 4096 ? bytes[..4096] : bytes;
    }

    private byte[] Mutate(byte[] bytes)
    {
        if (bytes.Length == 0)
            return [(byte)Random.Next(256)];
        int at = Random.Next(bytes.Length);
        switch (Random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)Random.Next(256);
                return bytes;
            case 2 when bytes.Length >= 2:
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(Math.Min(at, bytes.Length - 2)), _interesting[Random.Next(_interesting.Length)]);
                return bytes;
            case 3:
                return bytes[..at];
            case 4:
                return [.. bytes[..at], .. new byte[Random.Next(1, 9)], .. bytes[at..]];
            case 5:
                byte[] other = corpus[Random.Next(corpus.Count)];
                return [.. bytes[..at], .. other[Random.Next(other.Length)..]];
            case 6:
                return [.. bytes, .. corpus[Random.Next(corpus.Count)]];
            default:
                int length = Random.Next(1, bytes.Length - at + 1);
                return [.. bytes[..(at + length)], .. bytes.AsSpan(at, length), .. bytes[(at + length)..]];
        }
    }
}
