using Conference.Actors.Persistence;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>One session in one room, and its services.</summary>
public sealed class RoomMember(Participant who)
{
    private readonly List<MemberPort> _ports = [];

    public Participant Who => who;

    public bool HasServices => _ports.Count > 0;

    /// <summary>Set while an operator is putting it out.</summary>
    public bool IsBeingPutOut { get; set; }

    public Member Shown => new(who.Name, [.. _ports.Select(p => p.Service)]);

    /// <summary>A port that comes for a service there is takes the place of the one before.</summary>
    public void Add(Service service, PortId port)
    {
        int index = _ports.FindIndex(p => p.Service == service);
        if (index < 0)
            _ports.Add(new MemberPort(service, port));
        else
            _ports[index] = new MemberPort(service, port);
    }

    /// <returns>False when it had no such service, or has it by another port.</returns>
    public bool Remove(Service service, PortId port) => _ports.Remove(new MemberPort(service, port));

    public CallEnd EndOf(CallEnd end) => IsBeingPutOut ? CallEnd.PutOut : end;
}
