using System.Collections.Immutable;
using Akka.Actor;
using Conference.Actors.Calls;
using Conference.Actors.Cluster;
using Conference.Actors.Rooms;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>
/// One room's participants on this node, their ports, and what each wants to be sent: this node alone knows for sure. With what it is told
/// of everybody else (<see cref="RoomMirror"/>) it makes the routes.
/// </summary>
public sealed class LocalMembers(Name room)
{
    private readonly Dictionary<SessionId, LocalMember> _locals = [];
    private readonly Dictionary<Name, ParticipantId> _participants = [];
    private readonly Dictionary<ParticipantId, Name> _names = [];

    /// <summary>Nobody is here, and the room knows of all who were.</summary>
    public bool IsEmpty => _locals.Count == 0;

    /// <summary>Who speaks, where another node has to say it, see <see cref="MediaRoutes.Speaker"/>.</summary>
    public Name? ToldSpeaker { get; set; }

    public int Count => _locals.Values.Count(l => l.IsIn);

    /// <summary>Departures that the room has not taken note of yet.</summary>
    public IEnumerable<RoomSync.Leave> Leaving => _locals.Values.SelectMany(l => l.Leaving.Select(d => d.Leave));

    /// <summary>The sessions on this node that are in.</summary>
    public IEnumerable<IActorRef> Sessions => _locals.Values.Where(l => l.IsIn).Select(l => l.Who.Session);

    /// <summary>The sessions on this node that must hear what <paramref name="from"/> did or said.</summary>
    public IEnumerable<IActorRef> SessionsBut(SessionId from) =>
        _locals.Values.Where(l => l.IsIn && l.Who.Id != from).Select(l => l.Who.Session);

    /// <summary>The sessions on this node of everybody but one user.</summary>
    public IEnumerable<IActorRef> SessionsBut(Name user) => _locals.Values.Where(l => l.IsIn && l.Who.Name != user).Select(l => l.Who.Session);

    /// <summary>Every port here, with whose it is.</summary>
    public IEnumerable<(Participant Who, JoiningPort Port)> Ports => _locals.Values.SelectMany(l => l.Ports.Values.Select(p => (l.Who, p)));

    /// <summary>What a port here carries; null when it is not here.</summary>
    public Service? ServiceOf(PortId port) => Find(p => p.Port == port)?.Port.Service;

    /// <summary>Whose port it is; null when it is not here.</summary>
    public Participant? FindBy(PortId port) => Find(p => p.Port == port)?.Who;

    /// <summary>The port is in, here.</summary>
    public bool Has(SessionId who, PortId port) => _locals.TryGetValue(who, out var local) && local.Ports.Values.Any(p => p.Port == port);

    /// <summary>It has a port here that has not left.</summary>
    public bool HasPorts(SessionId who) => _locals.TryGetValue(who, out var local) && local.Ports.Count > 0;

    /// <summary>It hears and sends.</summary>
    public bool IsIn(SessionId who) => _locals.TryGetValue(who, out var local) && local.IsIn;

    /// <summary>The port that this actor holds open, if it is in.</summary>
    public (Participant Who, JoiningPort Port)? FindHeldBy(IActorRef holder) => Find(p => p.Holder.Equals(holder));

    /// <summary>What is known here of a port the room believes to be in.</summary>
    public PortStanding StandingOf(SessionId who, JoiningPort port)
    {
        if (!_locals.TryGetValue(who, out var local))
            return PortStanding.Unknown;
        if (IsLeaving(who, port.Port))
            return PortStanding.Leaving;
        if (!local.Ports.TryGetValue(port.Service, out var known))
            return PortStanding.Unknown;
        return known.Port == port.Port ? PortStanding.In : PortStanding.Replaced;
    }

    public void Add(Participant who, JoiningPort port)
    {
        var local = LocalOf(who);
        local.Ports[port.Service] = port;
        local.Totals = local.Totals.Plus(CallTotals.None with { Services = [port.Service.ToString()] });
    }

    public bool IsLeaving(SessionId who, PortId port) =>
        _locals.TryGetValue(who, out var local) && local.Leaving.Exists(d => d.Leave.Port == port);

    /// <summary>A port is out, and the room is still to be told so.</summary>
    /// <param name="command">Which.</param>
    /// <param name="asker">Who waits until the room has taken note; nobody waits for a port that was not in.</param>
    /// <returns>What to tell the room, and who held the port: null when it was not in. Perhaps it was let in, and the news lost.</returns>
    public (RoomSync.Leave Leave, IActorRef? Holder) Remove(ForwarderCommands.Remove command, IActorRef asker)
    {
        var (service, port) = (command.Service, command.Port);
        var local = LocalOf(command.Who);
        var removed = local.Ports.GetValueOrDefault(service) is { } known && known.Port == port ? known : null;
        if (removed is not null)
            local.Ports.Remove(service);
        local.Totals = local.Totals.Plus(CallTotals.None with { Services = [service.ToString()] }).Plus(command.Totals);
        var end = local.IsPutOut ? CallEnd.PutOut : command.End;
        var leave = new RoomSync.Leave(room, command.Who.Id, service, port, local.Totals, end, command.Who.Node);
        local.Leaving.Add(new Departure(leave, removed is null ? ActorRefs.Nobody : asker));
        return (leave, removed?.Holder);
    }

    /// <returns>Who waited for it; null when it was taken note of before.</returns>
    public IActorRef? Forget(SessionId who, PortId port)
    {
        if (!_locals.TryGetValue(who, out var local) || local.Leaving.Find(d => d.Leave.Port == port) is not { } departure)
            return null;
        local.Leaving.Remove(departure);
        if (local.Ports.Count == 0 && local.Leaving.Count == 0)
            _locals.Remove(who);
        return departure.Asker;
    }

    /// <summary>Nobody waits for the room any longer.</summary>
    public IReadOnlyList<IActorRef> TakeAskers()
    {
        var askers = new List<IActorRef>();
        foreach (var departures in _locals.Values.Select(l => l.Leaving))
        {
            for (int i = 0; i < departures.Count; i++)
            {
                askers.Add(departures[i].Asker);
                departures[i] = departures[i] with { Asker = ActorRefs.Nobody };
            }
        }

        return askers;
    }

    /// <summary>It hears and sends nothing from now on. Its ports are still its own, until they leave.</summary>
    /// <returns>Its session, to be told; null when it is not here, or was told.</returns>
    public IActorRef? PutOut(SessionId who)
    {
        if (!_locals.TryGetValue(who, out var local) || local.IsPutOut)
            return null;
        local.IsPutOut = true;
        return local.Who.Session;
    }

    /// <summary>Who is here, for a room that has forgotten: those too who leave, whose <see cref="Leaving"/> is to follow.</summary>
    public IEnumerable<RegisteredMember> Registered => _locals.Values.Select(l => new RegisteredMember(
        l.Who, [.. l.Ports.Values], [.. l.Leaving.Select(d => new MemberPort(d.Leave.Service, d.Leave.Port))], l.IsPutOut));

    /// <summary>This member's port of a service, or null.</summary>
    public JoiningPort? PortOf(SessionId who, Service service) =>
        _locals.TryGetValue(who, out var local) ? local.Ports.GetValueOrDefault(service) : null;

    /// <summary>The user a number in the routes stands for, or null.</summary>
    public Name? NameOf(ParticipantId participant) => _names.TryGetValue(participant, out var name) ? name : null;

    /// <summary>What a member wants of a service has changed.</summary>
    public JoiningPort Configure(SessionId who, JoiningPort port, ServiceParameters parameters) =>
        _locals[who].Ports[port.Service] = port with { Parameters = parameters };

    /// <param name="version">See <see cref="MediaRoutes"/>.</param>
    /// <param name="self">This node.</param>
    /// <param name="mirror">Who else is in the room, and who is muted.</param>
    public MediaRoutes Routes(long version, NodeId self, RoomMirror mirror)
    {
        var ports = ImmutableArray.CreateBuilder<MediaRoute>();
        foreach (var local in _locals.Values.Where(l => l.IsIn))
        {
            var participant = ParticipantOf(local.Who.Name);
            foreach (var port in local.Ports.Values)
            {
                ports.Add(new MediaRoute(port.Port, participant, port.Parameters.Muted || mirror.IsMuted(local.Who.Name), Preferences(port.Parameters))
                {
                    Layers = LayersOf(port),
                });
            }
        }

        var remote = ImmutableArray.CreateBuilder<RemoteRoute>();
        foreach (var member in mirror.Members.Where(m => m.Who.On != self && !m.IsBeingPutOut && !_locals.ContainsKey(m.Who.Id)))
        {
            var participant = ParticipantOf(member.Who.Name);
            foreach (var port in member.Ports.Values)
            {
                remote.Add(new RemoteRoute(new PeerId(member.Who.On.Value), port.Port, port.Loop, new ServiceName(port.Service.ToString()), participant)
                {
                    Muted = port.Parameters.Muted || mirror.IsMuted(member.Who.Name),
                    Layers = LayersOf(port),
                });
            }
        }

        return new MediaRoutes(new RoomId(room.ToString()), version, ports.DrainToImmutable())
        {
            Remote = remote.DrainToImmutable(),
            Speaker = ToldSpeaker is { } speaker ? ParticipantOf(speaker) : null,
        };
    }

    private static ImmutableArray<SimulcastLayer> LayersOf(JoiningPort port) =>
        [.. port.Parameters.Layers.All.Select(l => new SimulcastLayer(new Ssrc(l.Ssrc), l.Kilobits))];

    private MediaPreferences Preferences(ServiceParameters parameters) => new(
        parameters.Selection switch
        {
            SourceSelection.User user => new MediaSelection.Only(ParticipantOf(user.Name)),
            SourceSelection.Speakers speakers => new MediaSelection.Speakers(speakers.Count),
            _ => MediaSelection.All,
        },
        parameters.IsRateSet ? parameters.Rate : null,
        parameters.Compression,
        parameters.Bitrate == 0 ? null : parameters.Bitrate);

    /// <summary>A number for a name, the same as long as this lives: a user may be selected before they come, and come again.</summary>
    private ParticipantId ParticipantOf(Name name)
    {
        if (!_participants.TryGetValue(name, out var id))
        {
            _participants[name] = id = new ParticipantId(_participants.Count + 1);
            _names[id] = name;
        }

        return id;
    }

    private (Participant Who, JoiningPort Port)? Find(Predicate<JoiningPort> isIt)
    {
        foreach (var (who, port) in Ports)
        {
            if (isIt(port))
                return (who, port);
        }

        return null;
    }

    private LocalMember LocalOf(Participant who)
    {
        if (!_locals.TryGetValue(who.Id, out var local))
            _locals[who.Id] = local = new LocalMember(who);
        return local;
    }
}

/// <summary>What a node knows of a port that the room believes to be in.</summary>
public enum PortStanding
{
    /// <summary>Never heard of, or long gone.</summary>
    Unknown,

    In,

    /// <summary>It is out, and the room is being told.</summary>
    Leaving,

    /// <summary>The service has another port by now.</summary>
    Replaced,
}
