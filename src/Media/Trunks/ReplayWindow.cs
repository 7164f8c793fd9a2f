namespace Conference.Media.Trunks;

/// <summary>Which counters have come, of the last <see cref="Size"/>. Whoever asks must have authenticated them.</summary>
internal sealed class ReplayWindow
{
    /// <summary>A burst is 64; what comes later than this is of no use to a call.</summary>
    public const int Size = 63 * 64;

    private readonly PacketWindow _window = new(Size);

    /// <summary>Counters begin at 1.</summary>
    public ReplayWindow() => _window.Take(0);

    /// <summary>0 while nothing has come.</summary>
    public uint Highest => (uint)_window.Highest;

    /// <summary>True the first time a counter comes, unless it is older than the window is long.</summary>
    public bool TryTake(uint counter)
    {
        if (!_window.IsNew(counter))
            return false;
        _window.Take(counter);
        return true;
    }
}
