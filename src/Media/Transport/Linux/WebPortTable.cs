namespace Conference.Media.Transport.Linux;

/// <summary>The ports of browsers by a number that fits into a handle. Numbers are given by one thread at a time; looked up by any.</summary>
internal sealed class WebPortTable
{
    private readonly Stack<int> _free = new();
    private WebPort?[] _ports = new WebPort?[64];
    private int _used;

    /// <summary>The port, or null where it has closed.</summary>
    public WebPort? this[int index] => Volatile.Read(ref _ports)[index];

    public int Take()
    {
        if (_free.TryPop(out int index))
            return index;
        if (_used == _ports.Length)
        {
            var larger = new WebPort?[_used * 2];
            _ports.CopyTo(larger, 0);
            Volatile.Write(ref _ports, larger);
        }

        return _used++;
    }

    public void Set(WebPort port) => Volatile.Write(ref _ports[port.Index], port);

    public void Release(int index)
    {
        Volatile.Write(ref _ports[index], null);
        _free.Push(index);
    }
}
