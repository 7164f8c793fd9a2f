namespace Conference.Media.Rtp;

/// <summary>The SSRCs that a port uses without a place for their sources: the last so many. Nobody else may use them meanwhile.</summary>
internal sealed class UnplacedNumbers
{
    public const int Capacity = 256;

    private readonly uint[] _numbers = new uint[Capacity];
    private int _next;

    public int Count { get; private set; }

    public ReadOnlySpan<uint> All => _numbers.AsSpan(0, Count);

    /// <summary>Remembers a number, and forgets the oldest when there are too many.</summary>
    /// <returns>True when <paramref name="forgotten"/> was forgotten.</returns>
    public bool Add(uint number, out uint forgotten)
    {
        bool isFull = Count == Capacity;
        forgotten = _numbers[_next];
        _numbers[_next] = number;
        _next = (_next + 1) % Capacity;
        if (!isFull)
            Count++;
        return isFull;
    }
}
