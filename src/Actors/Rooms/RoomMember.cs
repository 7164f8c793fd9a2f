using Conference.Actors.Persistence;
using Conference.Protocol;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>One session in one room: its services, and what went through those that are over.</summary>
public sealed class RoomMember(Participant who)
{
    private readonly List<Service> _services = [];
    private readonly List<string> _everUsed = [];
    private CallTotals _totals = CallTotals.None;

    public Participant Who => who;

    public bool HasServices => _services.Count > 0;

    /// <summary>Set while an operator is putting it out.</summary>
    public bool IsBeingPutOut { get; set; }

    /// <summary>All that went through its ports so far.</summary>
    public CallTotals Totals => _totals with { Services = [.. _everUsed] };

    public Member Shown => new(who.Name, [.. _services]);

    public void Add(Service service)
    {
        if (_services.Contains(service))
            return;
        _services.Add(service);
        if (!_everUsed.Contains(service.ToString()))
            _everUsed.Add(service.ToString());
    }

    /// <returns>False when it had no such service.</returns>
    public bool Remove(Service service, CallTotals totals)
    {
        if (!_services.Remove(service))
            return false;
        _totals = new CallTotals(
            [], _totals.BytesIn + totals.BytesIn, _totals.BytesOut + totals.BytesOut,
            _totals.PacketsIn + totals.PacketsIn, _totals.PacketsOut + totals.PacketsOut);
        return true;
    }

    public CallEnd EndOf(CallEnd end) => IsBeingPutOut ? CallEnd.PutOut : end;
}
