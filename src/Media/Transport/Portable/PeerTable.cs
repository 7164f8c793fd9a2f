namespace Conference.Media.Transport.Portable;

/// <summary>Handles of latched ports: small numbers that lead back to the port.</summary>
internal sealed class PeerTable
{
    private readonly List<SocketPort?> _ports = [];
    private readonly Stack<int> _free = new();

    public SocketPort this[int handle] => _ports[handle]!;

    public int Add(SocketPort port)
    {
        if (_free.TryPop(out int handle))
        {
            _ports[handle] = port;
            return handle;
        }

        _ports.Add(port);
        return _ports.Count - 1;
    }

    public void Remove(int handle)
    {
        _ports[handle] = null;
        _free.Push(handle);
    }
}
