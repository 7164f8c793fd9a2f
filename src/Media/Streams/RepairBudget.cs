namespace Conference.Media.Streams;

/// <summary>Bounds what all receivers together may have sent again of one stream, so that a room full of NACKs does not multiply it.</summary>
internal struct RepairBudget
{
    public const int MostPerSecond = 4000;

    private long _window;
    private int _spent;

    public bool Spend(long now)
    {
        long window = now / Clock.Second;
        if (Volatile.Read(ref _window) != window)
        {
            Volatile.Write(ref _window, window);
            Volatile.Write(ref _spent, 0);
        }

        return Interlocked.Increment(ref _spent) <= MostPerSecond;
    }
}
