namespace Conference.Media.Web;

/// <summary>
/// Where one browser's last checks came from. A check that somebody has recorded is as well signed as when it was new; one that comes again
/// from another address is theirs, and must not draw the media there.
/// </summary>
internal sealed class StunHistory
{
    /// <summary>A browser sends a check every two seconds, and some at the start: these are minutes.</summary>
    public const int Length = 128;

    private readonly (StunTransaction Transaction, AddressKey Address, ushort Port)[] _seen = new (StunTransaction, AddressKey, ushort)[Length];
    private int _count;
    private int _next;

    /// <summary>Remembers a check that was signed.</summary>
    /// <returns>False where it has come before from another address.</returns>
    public bool TryTake(StunTransaction transaction, AddressKey address, ushort port)
    {
        foreach (ref readonly var seen in _seen.AsSpan(0, _count))
        {
            if (seen.Transaction == transaction)
                return seen.Address == address && seen.Port == port;
        }

        _seen[_next] = (transaction, address, port);
        _next = (_next + 1) % Length;
        _count = Math.Min(_count + 1, Length);
        return true;
    }
}
