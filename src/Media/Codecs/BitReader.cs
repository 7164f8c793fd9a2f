namespace Conference.Media.Codecs;

/// <summary>Reads bits, the highest of each byte first. Past the end everything is zero, and <see cref="IsPastEnd"/>.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    public readonly bool IsPastEnd => _at > _bytes.Length * 8;

    /// <summary>Bits that are left.</summary>
    public readonly int Left => Math.Max(0, (_bytes.Length * 8) - _at);

    public bool ReadFlag() => Read(1) != 0;

    public int Read(int bits)
    {
        int value = 0;
        for (; bits > 0; bits--, _at++)
        {
            value <<= 1;
            if (_at < _bytes.Length * 8)
                value |= (_bytes[_at >> 3] >> (7 - (_at & 7))) & 1;
        }

        return value;
    }

    /// <summary>A number below <paramref name="count"/> in as few bits as may be: AV1 specification section 4.10.7, ns(n).</summary>
    public int ReadBelow(int count)
    {
        int bits = int.Log2(count) + 1;
        int shorter = (1 << bits) - count;
        int value = Read(bits - 1);
        return value < shorter ? value : (value << 1) - shorter + Read(1);
    }
}
