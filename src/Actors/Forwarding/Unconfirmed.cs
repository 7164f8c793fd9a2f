using Conference.Actors.Rooms;
using Conference.Media;

namespace Conference.Actors.Forwarding;

/// <summary>What a node has told a room and the room has not shown to know yet: said again now and then, until it has. Part of a forwarder.</summary>
internal sealed class Unconfirmed
{
    private readonly Dictionary<PortId, RoomSync.Reconfigure> _reconfigured = [];

    /// <summary>The room is to be told who is here.</summary>
    public bool Registration { get; set; }

    /// <summary>Something was missed, and the picture asked for.</summary>
    public bool CatchingUp { get; set; }

    /// <summary>What ports send that the room has not repeated yet.</summary>
    public IEnumerable<RoomSync.Reconfigure> Reconfigured => _reconfigured.Values;

    public bool IsAny => Registration || CatchingUp || _reconfigured.Count > 0;

    public void Add(RoomSync.Reconfigure command) => _reconfigured[command.Port] = command;

    /// <summary>The room says what a port sends.</summary>
    public void Confirm(PortId port, PortSending sending)
    {
        if (_reconfigured.TryGetValue(port, out var told) && told.Sending == sending)
            _reconfigured.Remove(port);
    }

    /// <summary>Only these ports are here.</summary>
    public void Keep(IEnumerable<PortId> ports)
    {
        foreach (var port in _reconfigured.Keys.Except(ports).ToArray())
            _reconfigured.Remove(port);
    }

    public void ForgetReconfigured() => _reconfigured.Clear();
}
