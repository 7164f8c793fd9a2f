using System.Collections.Immutable;
using Conference.Actors.Persistence;
using Conference.Actors.Rooms;
using Conference.Actors.Runtime;
using Conference.Media;
using Conference.Protocol;
using Conference.Protocol.Addresses;
using Conference.Protocol.Session;

namespace Conference.Actors.Forwarding;

/// <summary>What one node knows of one room: the participants that are on this node, their ports, and what each wants to be sent.</summary>
public sealed class ForwarderState(Name room)
{
    private readonly Dictionary<SessionId, Local> _locals = [];
    private readonly Dictionary<Name, ParticipantId> _participants = [];
    private readonly HashSet<Name> _muted = [];

    /// <summary>Nobody is here, and the room knows of all who were.</summary>
    public bool IsEmpty => _locals.Count == 0;

    public int Members => _locals.Values.Count(l => l.IsIn);

    /// <summary>Departures that the room has not taken note of yet.</summary>
    public IEnumerable<RoomCommands.Leave> Leaving => _locals.Values.SelectMany(l => l.Leaving.Select(d => d.Leave));

    /// <summary>The sessions on this node that must hear what <paramref name="from"/> did or said.</summary>
    public IEnumerable<IActorRef> SessionsBut(SessionId from) =>
        _locals.Values.Where(l => l.IsIn && l.Who.Id != from).Select(l => l.Who.Session);

    /// <summary>The port that this actor holds open, if it is in.</summary>
    public (SessionId Who, JoiningPort Port)? FindHeldBy(IActorRef holder)
    {
        foreach (var local in _locals.Values)
        {
            if (local.Ports.Values.FirstOrDefault(p => p.Holder.Equals(holder)) is { } port)
                return (local.Who.Id, port);
        }

        return null;
    }

    public void Add(Participant who, JoiningPort port)
    {
        if (!_locals.TryGetValue(who.Id, out var local))
            _locals[who.Id] = local = new Local(who);
        local.Ports[port.Service] = port;
        local.Totals = local.Totals.Plus(CallTotals.None with { Services = [port.Service.ToString()] });
    }

    /// <summary>A port is out, and the room is still to be told so.</summary>
    /// <param name="who">Whose.</param>
    /// <param name="port">Which.</param>
    /// <param name="totals">What went through it.</param>
    /// <param name="end">Why.</param>
    /// <param name="asker">Who waits until the room has taken note.</param>
    /// <returns>What to tell the room; null when the port was not in.</returns>
    public (JoiningPort Port, RoomCommands.Leave Leave)? Remove(SessionId who, PortId port, CallTotals totals, CallEnd end, IActorRef asker)
    {
        if (!_locals.TryGetValue(who, out var local) || local.Ports.Values.FirstOrDefault(p => p.Port == port) is not { } removed)
            return null;
        local.Ports.Remove(removed.Service);
        local.Totals = local.Totals.Plus(totals);
        var leave = new RoomCommands.Leave(room, who, removed.Service, port, local.Totals, local.IsPutOut ? CallEnd.PutOut : end, local.Who.Node);
        local.Leaving.Add(new Departure(leave, asker));
        return (removed, leave);
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
    /// <returns>Its session, or null when it is not here.</returns>
    public IActorRef? PutOut(SessionId who)
    {
        if (!_locals.TryGetValue(who, out var local))
            return null;
        local.IsPutOut = true;
        return local.Who.Session;
    }

    /// <summary>By an operator; what the member itself set stays beside it.</summary>
    public void SetMuted(Name member, bool isMuted) => _ = isMuted ? _muted.Add(member) : _muted.Remove(member);

    /// <summary>These are muted, and nobody else.</summary>
    /// <returns>False when it was so before.</returns>
    public bool SetMuted(IReadOnlyCollection<Name> members)
    {
        if (_muted.SetEquals(members))
            return false;
        _muted.Clear();
        _muted.UnionWith(members);
        return true;
    }

    /// <summary>Who is here, for a room that has forgotten: those too who leave, whose <see cref="Leaving"/> is to follow.</summary>
    public ImmutableArray<RegisteredMember> Registered => [.. _locals.Values.Select(l => new RegisteredMember(
        l.Who, [.. l.Ports.Values], [.. l.Leaving.Select(d => new MemberPort(d.Leave.Service, d.Leave.Port))], l.IsPutOut))];

    /// <summary>This member's port of a service, or null.</summary>
    public PortId? PortOf(SessionId who, Service service) =>
        _locals.TryGetValue(who, out var local) && local.Ports.TryGetValue(service, out var port) ? port.Port : null;

    /// <summary>What a service's member wants now, or null.</summary>
    public ServiceParameters? ParametersOf(SessionId who, Service service) =>
        _locals.TryGetValue(who, out var local) && local.Ports.TryGetValue(service, out var port) ? port.Parameters : null;

    /// <summary>Every port here, with whose it is.</summary>
    public IEnumerable<(Participant Who, JoiningPort Port)> Ports => _locals.Values.SelectMany(l => l.Ports.Values.Select(p => (l.Who, p)));

    /// <summary>The user a number in the routes stands for, or null.</summary>
    public Name? NameOf(ParticipantId participant)
    {
        foreach (var (name, id) in _participants)
        {
            if (id == participant)
                return name;
        }

        return null;
    }

    /// <summary>The sessions on this node of everybody but one user.</summary>
    public IEnumerable<IActorRef> SessionsBut(Name user) => _locals.Values.Where(l => l.Who.Name != user).Select(l => l.Who.Session);

    /// <returns>False when there is no such port (any more).</returns>
    public bool Configure(SessionId who, Service service, ServiceParameters parameters)
    {
        if (!_locals.TryGetValue(who, out var local) || !local.Ports.TryGetValue(service, out var port))
            return false;
        local.Ports[service] = port with { Parameters = parameters };
        return true;
    }

    /// <param name="version">See <see cref="MediaRoutes"/>.</param>
    public MediaRoutes Routes(long version)
    {
        var ports = ImmutableArray.CreateBuilder<MediaRoute>();
        foreach (var local in _locals.Values.Where(l => l.IsIn))
        {
            var participant = ParticipantOf(local.Who.Name);
            foreach (var port in local.Ports.Values)
            {
                ports.Add(new MediaRoute(port.Port, participant, port.Parameters.Muted || _muted.Contains(local.Who.Name), Preferences(port.Parameters))
                {
                    Layers = [.. port.Parameters.Layers.All.Select(l => new SimulcastLayer(new Ssrc(l.Ssrc), l.Kilobits))],
                });
            }
        }

        return new MediaRoutes(new RoomId(room.ToString()), version, ports.DrainToImmutable());
    }

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
            _participants[name] = id = new ParticipantId(_participants.Count + 1);
        return id;
    }

    /// <summary>A participant on this node, for as long as the room may think it is in.</summary>
    private sealed class Local(Participant who)
    {
        public Participant Who => who;

        public Dictionary<Service, JoiningPort> Ports { get; } = [];

        public List<Departure> Leaving { get; } = [];

        /// <summary>What went through the ports that are out, and every service there was, in the order they came.</summary>
        public CallTotals Totals { get; set; } = CallTotals.None;

        public bool IsPutOut { get; set; }

        public bool IsIn => Ports.Count > 0 && !IsPutOut;
    }

    private sealed record Departure(RoomCommands.Leave Leave, IActorRef Asker);
}
