using System.Collections.Immutable;
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

    public bool IsEmpty => _locals.Count == 0;

    public int Members => _locals.Count;

    /// <summary>The sessions on this node that must hear what <paramref name="from"/> did or said.</summary>
    public IEnumerable<IActorRef> SessionsBut(SessionId from) => _locals.Values.Where(l => l.Who.Id != from).Select(l => l.Who.Session);

    public SessionId? FindSession(IActorRef session)
    {
        foreach (var local in _locals.Values)
        {
            if (local.Who.Session.Equals(session))
                return local.Who.Id;
        }

        return null;
    }

    public void Add(Participant who, JoiningPort port)
    {
        if (!_locals.TryGetValue(who.Id, out var local))
            _locals[who.Id] = local = new Local(who, []);
        local.Ports[port.Service] = port;
    }

    /// <returns>False when it was gone already.</returns>
    public bool Remove(SessionId who, Service service)
    {
        if (!_locals.TryGetValue(who, out var local) || !local.Ports.Remove(service))
            return false;
        if (local.Ports.Count == 0)
            _locals.Remove(who);
        return true;
    }

    public void Remove(SessionId who) => _locals.Remove(who);

    /// <summary>By an operator; what the member itself set stays beside it.</summary>
    public void SetMuted(Name member, bool isMuted) => _ = isMuted ? _muted.Add(member) : _muted.Remove(member);

    /// <summary>Who is here, for a room that has forgotten.</summary>
    public ImmutableArray<RegisteredMember> Registered => [.. _locals.Values.Select(l => new RegisteredMember(l.Who, [.. l.Ports.Keys]))];

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
        foreach (var local in _locals.Values)
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

    private sealed record Local(Participant Who, Dictionary<Service, JoiningPort> Ports);
}
