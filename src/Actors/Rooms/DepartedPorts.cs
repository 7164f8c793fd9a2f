using Conference.Media;

namespace Conference.Actors.Rooms;

/// <summary>
/// The ports that left last. No port comes back, so that a join that arrives behind its own leave (it took another way, or was asked
/// again) means nothing. This only avoids that a member who left is shown for a moment: its node watches who holds the port, and would
/// remove it anyway.
/// </summary>
internal sealed class DepartedPorts
{
    /// <summary>A join is behind its leave by seconds at most.</summary>
    private const int Most = 256;

    private readonly Queue<(SessionId Who, PortId Port)> _order = new(0);
    private readonly HashSet<(SessionId Who, PortId Port)> _ports = new(0);

    public bool Contains(SessionId who, PortId port) => _ports.Contains((who, port));

    public void Add(SessionId who, PortId port)
    {
        if (!_ports.Add((who, port)))
            return;
        _order.Enqueue((who, port));
        if (_order.Count > Most)
            _ports.Remove(_order.Dequeue());
    }
}
