using Conference.Actors.Calls;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Session;

namespace Conference.Actors.Rooms;

/// <summary>One session in one room, and its services.</summary>
public sealed class RoomMember(Participant who)
{
    private readonly List<JoiningPort> _ports = [];

    /// <summary>Of a member whose node said so before its <see cref="RoomSync.Leave"/> came.</summary>
    private readonly List<MemberPort> _leaving = [];

    public Participant Who { get; } = who;

    public IReadOnlyList<JoiningPort> Ports => _ports;

    public bool IsRecording => _ports.Exists(p => p.Parameters.Recording);

    public bool HasServices => _ports.Count > 0 || _leaving.Count > 0;

    /// <summary>Set while an operator is putting it out.</summary>
    public bool IsBeingPutOut { get; set; }

    public Member Shown => new(Who.Name, [.. _ports.Select(p => p.Service).Concat(_leaving.Select(p => p.Service)).Distinct()]);

    public PicturedMember Pictured => new(Who, [.. _ports], IsBeingPutOut);

    public JoiningPort? Find(PortId port) => _ports.Find(p => p.Port == port);

    /// <summary>A port that comes for a service there is takes the place of the one before.</summary>
    public void Add(JoiningPort port)
    {
        int index = _ports.FindIndex(p => p.Service == port.Service);
        if (index < 0)
            _ports.Add(port);
        else
            _ports[index] = port;
    }

    public void AddLeaving(MemberPort port)
    {
        if (!_leaving.Contains(port) && Find(port.Port) is null)
            _leaving.Add(port);
    }

    /// <returns>False when it had no such service, or has it by another port.</returns>
    public bool Remove(Service service, PortId port) =>
        _ports.RemoveAll(p => p.Service == service && p.Port == port) + _leaving.RemoveAll(p => p == new MemberPort(service, port)) > 0;

    public CallEnd EndOf(CallEnd end) => IsBeingPutOut ? CallEnd.PutOut : end;
}
